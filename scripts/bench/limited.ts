import { defaultSettings } from '../../src/adapters/simulator/settings.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { createFleet } from './creation.ts';
import { aimed, type Figure, told } from './figure.ts';

const bots = 1_000;
/** DigitalOcean's own: 250 a minute, 5,000 an hour. */
const { minuteLimit, hourlyLimit } = defaultSettings;
/** 1,050 calls through a sliding window that is filled from the start: four whole minutes. */
const possibleSeconds = 60 * Math.floor((1.05 * bots - 1) / minuteLimit);

/** 1,000 bots within DigitalOcean's rate limits, with the controller's own defaults. */
export async function limited(lab: Lab): Promise<Figure[]> {
  lab.say('limited: about 4 minutes');
  const result = await createFleet(lab, {
    bots,
    settings: { minuteLimit, hourlyLimit },
    flags: ['--max-concurrent-creates', '1000'],
    withinMs: 600_000,
  });
  const refused = (await result.simulator.counts()).reduce(
    (sum, { statuses }) => sum + (statuses['429'] ?? 0),
    0,
  );
  await result.controller.child.end();
  await result.simulator.child.end();
  const allowed = `of the ${possibleSeconds} s that a sliding window allows`;
  return [
    told('limited.seconds', result.seconds, 's', `first file to ${bots} bots Ready`),
    aimed('limited.ratio', result.seconds / possibleSeconds, '×', 1.1, allowed),
    told('limited.callsPerBot', result.calls / bots, 'calls', 'a bot, lists included'),
    told('limited.refused', refused, 'calls', 'refused by the rate limit'),
  ];
}
