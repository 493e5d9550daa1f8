import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../test/lab/lab.ts';
import { aimed, type Figure, told } from '../figure.ts';
import { atRest } from './at-rest.ts';
import type { BotFleet } from './bot-fleet.ts';
import type { BotsSizes } from './bots-sizes.ts';

/** What it costs when nothing changes. */
export async function steadyFigures(
  lab: Lab,
  fleet: BotFleet,
  { bots, beatMs, settleSeconds, steadySeconds }: BotsSizes,
): Promise<Figure[]> {
  await sleep(settleSeconds * 1_000);
  lab.say(`bots: steady for ${steadySeconds} s`);
  const rest = await atRest(fleet, steadySeconds);
  const which = `${bots} bots beating every ${beatMs / 1_000} s and long-polling`;
  return [
    aimed('bots.cpu', rest.cpuPercent, '%', 25, `of a core, ${which}`),
    aimed('bots.rss', rest.residentMB, 'MB', 400, `resident, ${which}; median`),
    told('bots.rssHighest', rest.highestMB, 'MB', 'resident, highest sample'),
    aimed('bots.writesPerSecond', rest.writesPerSecond, 'writes/s', 5, 'of status, when steady'),
    aimed('bots.beat.p99', rest.beatP99, 'ms', 20, 'a heartbeat, from the call to the whole answer'),
    told('bots.beat.p50', rest.beatP50, 'ms', 'a heartbeat'),
    told('bots.beat.max', rest.beatMax, 'ms', 'a heartbeat'),
    told('bots.beatsPerSecond', rest.beatsPerSecond, 'beats/s', 'answered'),
    aimed('bots.failures', rest.failures, 'calls', 0, 'that failed, when steady'),
  ];
}
