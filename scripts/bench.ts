import { type Lab, openLab } from '../test/lab/lab.ts';
import { type BenchArguments, type BenchName, parseBenchArguments, usage } from './bench/arguments.ts';
import { bots } from './bench/bots.ts';
import { create } from './bench/create.ts';
import type { Figure } from './bench/figure.ts';
import { idle } from './bench/idle.ts';
import { kubernetes } from './bench/kubernetes.ts';
import { LargeFleet } from './bench/large-fleet.ts';
import { latency } from './bench/latency.ts';
import { limited } from './bench/limited.ts';
import { memory } from './bench/memory.ts';
import { mongodb } from './bench/mongodb.ts';
import { restart } from './bench/restart.ts';
import { table } from './bench/table.ts';

type Bench = (lab: Lab, fleet: LargeFleet) => Promise<Figure[]>;

const benches: Record<BenchName, Bench> = {
  create,
  limited,
  latency,
  memory,
  restart,
  idle,
  kubernetes: (lab) => kubernetes(lab),
  mongodb: (lab) => mongodb(lab),
  bots: (lab) => bots(lab),
};

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function run({ names, json }: BenchArguments): Promise<void> {
  await using lab = openLab(say);
  const fleet = new LargeFleet(lab);
  const figures: Figure[] = [];
  for (const name of names) {
    const measured = await benches[name](lab, fleet);
    say(`${table(measured)}\n`);
    figures.push(...measured);
  }
  process.stdout.write(json ? `${JSON.stringify({ figures }, undefined, 2)}\n` : `${table(figures)}\n`);
}

function readArguments(): BenchArguments | undefined {
  try {
    return parseBenchArguments(process.argv.slice(2));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

const asked = readArguments();
if (asked?.help) process.stdout.write(`${usage}\n`);
else if (asked) await run(asked);
