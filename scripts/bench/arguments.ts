import { parseArgs } from 'node:util';

/** In the order in which they run. */
export const benchNames = [
  'create',
  'limited',
  'latency',
  'memory',
  'restart',
  'idle',
  'kubernetes',
  'mongodb',
  'bots',
] as const;
/** Run only when they are named: they take long, and some need a server. */
const onlyByName: readonly string[] = ['kubernetes', 'mongodb', 'bots'];
export type BenchName = (typeof benchNames)[number];

export interface BenchArguments {
  /** Each once, in the order of `benchNames`; those that need not be named when none was. */
  readonly names: readonly BenchName[];
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run --silent bench -- [NAME…] [--json]

Measures clawfleet against a simulated DigitalOcean, each in a process of its own. Names (default: all but the last three):
  create   1,000 bots declared, a file each, until all are Ready; no rate limit (about 30 s)
  limited  the same within 250 calls a minute and 5,000 an hour (about 4 minutes)
  latency  200 edits of a file, each until the first cloud call about it (about 15 s)
  memory   resident memory with 10,000 converged bots (this and the next two share their fleet: about 4 minutes)
  restart  from the start of the process until 10,000 bots are reconciled
  idle     CPU with 10,000 converged bots, over two minutes
  kubernetes  bots in a real kube-apiserver: 1,000 created at once, 200 one by one, 10,000 at rest and from a
              cold start (about 8 minutes); needs kube-apiserver and etcd, see make test-servers
  mongodb  bots as documents beside bots as files: 1,000 declared at once, 200 edits, 10,000 from a cold start (about
           5 minutes); needs a MongoDB server, as the tests do
  bots     10,000 agents that beat every 30 s and wait for their config: at rest, at a change of all configs, after
           a failover, and with TLS (about 10 minutes)
With --json stdout gets one JSON object; progress goes to stderr. Exit code 1 when a bench failed to run.`;

/** Throws an Error that names what is wrong. */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const known: readonly string[] = benchNames;
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`there is no bench ${unknown}; there are ${benchNames.join(', ')}`);
  const names = benchNames.filter((name) =>
    positionals.length === 0 ? !onlyByName.includes(name) : positionals.includes(name),
  );
  return { names, json: values.json, help: values.help };
}
