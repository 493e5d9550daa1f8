import type { Lab } from '../../test/lab/lab.ts';
import { type Creation, createFleet } from './creation.ts';
import { aimed, type Figure, told } from './figure.ts';
import { median } from './percentile.ts';

const bots = 1_000;
const runs = 3;
const flags = ['--rate-limit', 'off', '--max-concurrent-creates', '1000', '--poll-interval', '200ms'];

/** 1,000 bots on a cloud that does everything at once and limits nothing; the median of three runs. */
export async function create(lab: Lab): Promise<Figure[]> {
  const results: Creation[] = [];
  for (let run = 1; run <= runs; run += 1) {
    lab.say(`create: run ${run} of ${runs}`);
    const result = await createFleet(lab, { bots, settings: {}, flags, withinMs: 60_000 });
    await result.controller.child.end();
    await result.simulator.child.end();
    results.push(result);
  }
  const middle = (of: (result: Creation) => number) => median(results.map(of));
  const each = (name: string, of: (result: Creation) => number, unit: string, what: string) =>
    told(name, middle(of) / bots, unit, what);
  return [
    aimed(
      'create.seconds',
      middle(({ seconds }) => seconds),
      's',
      3,
      `first file to ${bots} bots Ready`,
    ),
    aimed('create.callsPerBot', middle(({ calls }) => calls) / bots, 'calls', 1.05, 'a bot, lists included'),
    each('create.createsPerBot', ({ creates }) => creates, 'calls', 'POST /v2/droplets a bot'),
    told(
      'create.lists',
      middle(({ lists }) => lists),
      'calls',
      'pages of lists, all together',
    ),
    each('create.statusWritesPerBot', ({ statusWrites }) => statusWrites, 'writes', 'of status, a bot'),
  ];
}
