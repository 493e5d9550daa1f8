/** One scrape in Prometheus' text format. */
export class MetricsPage {
  readonly #samples = new Map<string, number>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)/.exec(line);
      if (match?.[1] !== undefined) this.#samples.set(match[1], Number(match[2]));
    }
  }

  /** The sum of all samples of that name whose labels hold each of `labels`, such as `result="success"`. */
  sum(name: string, ...labels: readonly string[]): number {
    let sum = 0;
    for (const [sample, value] of this.#samples) {
      const isNamed = sample === name || sample.startsWith(`${name}{`);
      if (isNamed && labels.every((label) => sample.includes(label))) sum += value;
    }
    return sum;
  }
}
