import { setTimeout as sleep } from 'node:timers/promises';
import { replaceBot } from '../../test/lab/fleet-files.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { createFleet } from './creation.ts';
import { editLatency } from './edit-latency.ts';
import { aimed, type Figure, told } from './figure.ts';
import { percentile } from './percentile.ts';

const bots = 200;
const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '200ms'];

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
  const times = await editLatency(simulator, bots, (name, spec) => replaceBot(source, name, spec));
  await controller.child.end();
  await simulator.child.end();
  return [
    aimed('latency.p50', percentile(times, 50), 'ms', 10, 'edit to first cloud call'),
    aimed('latency.p99', percentile(times, 99), 'ms', 50, 'edit to first cloud call'),
    told('latency.max', Math.max(...times), 'ms', `the slowest of ${bots} edits`),
  ];
}
