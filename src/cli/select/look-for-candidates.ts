import { openCloud } from '../../compose/open-cloud.ts';
import type { FleetConfig } from '../../config/run-config.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { type CandidateObservation, candidatesOf } from './candidates.ts';
import { cloudOfBot, requireOwnCloud } from './cloud-of-bot.ts';

interface Subject {
  readonly reader: SourceReader;
  readonly fleet: FleetState;
  readonly bots: readonly BotRecord[];
}

/** The droplets that each of these bots may have, in their order; throws when their cloud cannot be looked into. */
export async function lookForCandidates(
  config: FleetConfig,
  { reader, fleet, bots }: Subject,
): Promise<readonly CandidateObservation[]> {
  const clouds = await openCloud(config);
  try {
    const own = clouds.forToken(undefined);
    const around = { fleetID: fleet.fleetID, bots: reader.bots() };
    const sights: CandidateObservation[] = [];
    for (const bot of bots) {
      const cloud = await cloudOfBot(bot, reader, clouds);
      if (cloud === own) await requireOwnCloud(cloud, fleet);
      sights.push(await candidatesOf(bot, cloud, around));
    }
    return sights;
  } finally {
    await clouds.close();
  }
}
