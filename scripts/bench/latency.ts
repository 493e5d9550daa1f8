import { setTimeout as sleep } from 'node:timers/promises';
import type { BotSpec } from '../../src/model/bot-spec.ts';
import { keyTag } from '../../src/model/identity.ts';
import { replaceBot } from '../lab/fleet-files.ts';
import type { Lab } from '../lab/lab.ts';
import type { SimulatorProcess } from '../lab/simulator-process.ts';
import { until } from '../lab/until.ts';
import { createFleet } from './creation.ts';
import { aimed, type Figure, told } from './figure.ts';
import { percentile } from './percentile.ts';

const bots = 200;
const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '200ms'];
/** Every other edit needs a step stored before its call; the others need none. */
const edits: readonly Partial<BotSpec>[] = [{ powerState: 'Stopped' }, { droplet: { tags: ['edited'] } }];

/** 200 bots, each edited once: from the edit until the first cloud call about its droplet arrives. */
export async function latency(lab: Lab): Promise<Figure[]> {
  lab.say('latency: creating the fleet');
  const { simulator, controller, source } = await createFleet(lab, {
    ...{ bots, settings: {}, flags },
    withinMs: 30_000,
  });
  // What creation left to do is over: events are written, the directory was looked at once more.
  await sleep(2_000);
  lab.say(`latency: ${bots} edits`);
  const times: number[] = [];
  for (const [number, { id, tags }] of (await simulator.droplets()).entries()) {
    // At times that have nothing to do with the controller's own.
    await sleep(37 + (number % 13));
    times.push(await edit(source, nameOf(tags), id, number, simulator));
  }
  await controller.child.end();
  await simulator.child.end();
  return [
    aimed('latency.p50', percentile(times, 50), 'ms', 10, 'edit to first cloud call'),
    aimed('latency.p99', percentile(times, 99), 'ms', 50, 'edit to first cloud call'),
    told('latency.max', Math.max(...times), 'ms', `the slowest of ${bots} edits`),
  ];
}

async function edit(
  source: string,
  name: string,
  dropletID: number,
  number: number,
  simulator: SimulatorProcess,
): Promise<number> {
  const offset = await simulator.clockOffset();
  const seen = (await simulator.journal()).at(-1)?.seq ?? 0;
  const editedAt = performance.timeOrigin + performance.now();
  replaceBot(source, name, edits[number % edits.length] ?? {});
  let arrivedAt: number | undefined;
  await until(`a call about droplet ${dropletID}`, 10_000, 5, async () => {
    const entries = await simulator.journal(seen);
    arrivedAt = entries.find((entry) => entry.method !== 'GET' && entry.dropletIDs.includes(dropletID))?.at;
    return arrivedAt !== undefined;
  });
  return (arrivedAt ?? Number.NaN) - offset - editedAt;
}

const names = new Map<string, string>();

/** The bot's name, by the tag that its droplet carries. */
function nameOf(tags: readonly string[]): string {
  if (names.size === 0) {
    for (let number = 0; number < bots; number += 1) {
      const name = `bot-${String(number).padStart(5, '0')}`;
      names.set(keyTag(`default/${name}`), name);
    }
  }
  const name = tags.map((tag) => names.get(tag)).find((found) => found !== undefined);
  if (name === undefined) throw new Error(`no bot has the tags ${tags.join(', ')}`);
  return name;
}
