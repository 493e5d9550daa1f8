import type { ConfigNote, Notes } from './load-protocol.ts';

/** What happens to the agents of one process, until it is told. */
export class Notebook {
  #beats: [string, number][] = [];
  #delivered: ConfigNote[] = [];
  #acknowledged: ConfigNote[] = [];
  #failures: Record<string, number> = {};

  beat(botID: string, ms: number): void {
    this.#beats.push([botID, ms]);
  }

  delivered(botID: string, configID: string): void {
    this.#delivered.push([botID, configID, now()]);
  }

  acknowledged(botID: string, configID: string): void {
    this.#acknowledged.push([botID, configID, now()]);
  }

  failed(what: string): void {
    this.#failures[what] = (this.#failures[what] ?? 0) + 1;
  }

  tell(): Notes {
    const notes = {
      beats: this.#beats,
      delivered: this.#delivered,
      acknowledged: this.#acknowledged,
      failures: this.#failures,
    };
    [this.#beats, this.#delivered, this.#acknowledged, this.#failures] = [[], [], [], {}];
    return notes;
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
