/** A parsed sample of the text format, version 0.0.4. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const namePattern = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const samplePattern = new RegExp(`^(${namePattern})(?:\\{(.*)\\})? (\\S+)$`);
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;

/** Parses strictly, as promtool does: throws on a malformed line, a sample without TYPE, or a sample given twice. */
export function parseExposition(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('must end in a newline');
  const types = new Map<string, string>();
  const seen = new Set<string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) types.set(type[1] ?? '', type[2] ?? '');
    if (line.startsWith('#')) continue;
    const sample = parseSample(line);
    if (!types.has(familyOf(sample.name, types))) throw new Error(`no TYPE for ${sample.name}`);
    const id = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
    if (seen.has(id)) throw new Error(`twice: ${line}`);
    seen.add(id);
    samples.push(sample);
  }
  return samples;
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return types.get(family) === 'histogram' || types.get(family) === 'summary' ? family : name;
}

function parseSample(line: string): Sample {
  const match = samplePattern.exec(line);
  if (!match) throw new Error(`malformed: ${line}`);
  const value = match[3] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[3]);
  if (Number.isNaN(value) && match[3] !== 'Nan') throw new Error(`no number: ${line}`);
  return { name: match[1] ?? '', labels: parseLabels(match[2] ?? '', line), value };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let end = 0;
  for (const match of text.matchAll(labelPattern)) {
    labels[match[1] ?? ''] = match[2] ?? '';
    end = (match.index ?? 0) + match[0].length;
  }
  if (end !== text.length) throw new Error(`malformed labels: ${line}`);
  return labels;
}
