import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../test/lab/lab.ts';
import { until } from '../../../test/lab/until.ts';
import { aimed, type Figure, told } from '../figure.ts';
import type { BotFleet } from './bot-fleet.ts';
import type { BotsSizes } from './bots-sizes.ts';
import { writesOf } from './writes-of.ts';

/** The controller is killed, and another one takes over: all agents connect anew. */
export async function failoverFigures(
  lab: Lab,
  fleet: BotFleet,
  { failoverSeconds }: BotsSizes,
): Promise<Figure[]> {
  lab.say('bots: failover');
  const writes = writesOf(fleet.bots());
  await fleet.agents.notes();
  const begunAt = performance.now();
  await fleet.failover();
  await heard(fleet);
  const seconds = (performance.now() - begunAt) / 1_000;
  await sleep(Math.max(0, failoverSeconds - seconds) * 1_000);
  await fleet.ready();
  return [
    aimed('bots.failover.stale', await fleet.stale(), 'bots', 0, 'that were taken for silent, ever'),
    told('bots.failover.heard', seconds, 's', 'kill to all bots heard again'),
    told('bots.failover.writes', writesOf(fleet.bots()) - writes, 'writes', 'of status, all together'),
  ];
}

/** Several times what a beat and a retry take. */
const withinMs = 240_000;

/** Resolves when every bot has beaten since. */
export async function heard(fleet: BotFleet): Promise<void> {
  const bots = new Set<string>();
  await until('all bots to be heard', withinMs, 500, async () => {
    for (const [botID] of (await fleet.agents.notes()).beats) bots.add(botID);
    return bots.size === fleet.count;
  });
}
