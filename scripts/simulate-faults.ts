import { parseArgs } from 'node:util';
import { seededRun } from '../test/simulation/seeded-run.ts';

const usage = `npm run --silent simulate-faults -- [--runs 1000] [--from 1] [--log SEED]

Seeded runs of the whole product in virtual time: the controller is killed, its state goes back, a second controller
acts on a copy, the cloud lies and dawdles, people act, clocks step. Prints every violation with its seed; exit code 1
when there is one. --log prints what one seed's controllers logged.`;

interface FaultRuns {
  readonly runs: number;
  readonly from: number;
  readonly log: number | undefined;
}

/** Throws an Error that names what is wrong. */
function parseArguments(args: readonly string[]): FaultRuns | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      log: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const log = values.log === undefined ? undefined : count('--log', values.log);
  return { runs: count('--runs', values.runs), from: count('--from', values.from), log };
}

function count(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${flag} must be a whole number above 0, got ${JSON.stringify(text)}`);
}

async function runAll({ runs, from }: FaultRuns): Promise<void> {
  const total = { violations: 0, kills: 0, excused: 0, mutations: 0 };
  const troubles = new Map<string, number>();
  for (let seed = from; seed < from + runs; seed += 1) {
    const report = await seededRun(seed);
    if (report.faults.length > 0) total.violations += 1;
    for (const fault of report.faults) say(`seed ${seed} (${report.troubles.join(', ')}): ${fault}`);
    for (const name of report.troubles) troubles.set(name, (troubles.get(name) ?? 0) + 1);
    total.kills += report.kills;
    total.excused += report.excused;
    total.mutations += report.mutations;
  }
  const drawn = [...troubles].map(([name, times]) => `${name} ${times}`).join(', ');
  say(`seeds ${from} to ${from + runs - 1}: ${total.violations} runs with violations`);
  say(`${total.kills} kills, ${total.mutations} calls that change the cloud; troubles: ${drawn}`);
  say(
    `${total.excused} creates beside a living droplet that the cloud had denied for long, or a second controller made`,
  );
  if (total.violations > 0) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  try {
    const asked = parseArguments(process.argv.slice(2));
    if (!asked) return say(usage);
    if (asked.log === undefined) return await runAll(asked);
    const { logs, faults } = await seededRun(asked.log);
    say([...logs, ...faults].join('\n'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    process.exitCode = 2;
  }
}

await main();
