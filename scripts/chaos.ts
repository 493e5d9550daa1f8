import { openLab } from '../test/lab/lab.ts';
import { type ChaosArguments, parseChaosArguments, usage } from './chaos/arguments.ts';
import { Storm } from './chaos/storm.ts';

const times = { longestLifeMs: 3_500, settleMs: 240_000, quietMs: 10_000 };
/** Droplets whose whole history is told when something is wrong. */
const mostHistories = 5;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function run({ kills, bots, seed, keep }: ChaosArguments): Promise<void> {
  await using lab = openLab(say, { keep });
  say(`${kills} kills, ${bots} bots, --seed ${seed}`);
  const result = await Storm.run(lab, { kills, bots, seed, ...times });
  for (const [what, count] of Object.entries(result.summary)) process.stdout.write(`${what}: ${count}\n`);
  if (result.violations.length === 0) {
    process.stdout.write('Desired equals actual; each droplet was created once.\n');
    return;
  }
  process.exitCode = 1;
  for (const { droplet, text } of result.violations) process.stdout.write(`WRONG ${droplet}: ${text}\n`);
  const droplets = new Set(result.violations.map(({ droplet }) => droplet));
  for (const droplet of [...droplets].slice(0, mostHistories)) {
    process.stdout.write(`\n${droplet}\n${result.history(droplet).join('\n')}\n`);
  }
}

function readArguments(): ChaosArguments | undefined {
  try {
    return parseChaosArguments(process.argv.slice(2), Date.now() % 1_000_000);
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

const asked = readArguments();
if (asked?.help) process.stdout.write(`${usage}\n`);
else if (asked) await run(asked);
