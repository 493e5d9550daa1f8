import { openCloud } from '../../compose/open-cloud.ts';
import {
  type FleetConfig,
  type FleetFlags,
  readFleetConfig,
  simulatorFileOf,
} from '../../config/run-config.ts';
import type { SourceConfig } from '../../config/source-config.ts';
import { UserError } from '../../config/user-error.ts';
import type { FleetState } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import { resourceKey } from '../../model/resource-key.ts';
import type { Cloud, Clouds } from '../../ports/cloud.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { type CandidateObservation, candidatesOf } from './candidates.ts';

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

/** The cloud of the account's own token, else of the controller's. Throws when that token cannot be read. */
export async function cloudOfBot(bot: BotRecord, reader: SourceReader, clouds: Clouds): Promise<Cloud> {
  const name = bot.spec?.accountRef.name;
  const key = name === undefined ? undefined : resourceKey(bot.namespace, name);
  const ref = reader.accounts().find((account) => account.key === key)?.spec?.tokenSecretRef;
  if (!ref) return clouds.forToken(undefined);
  const token = await reader.secret(bot.namespace, ref);
  if (token !== undefined) return clouds.forToken(token);
  throw new UserError(
    `The token of ${bot.key}'s account ${key} cannot be read, so its droplets cannot be looked for.`,
    `Bring back the Secret ${bot.namespace}/${ref.name} with its key ${ref.key}.`,
  );
}

/** Throws when the controller's own token leads elsewhere than the fleet: what is not there would prove nothing. */
export async function requireOwnCloud(cloud: Cloud, { cloud: bound }: FleetState): Promise<void> {
  if (!bound) return;
  const identity = await cloud.identity({ class: 'urgent' });
  const { uuid, userUUID } = await cloud.account({ class: 'urgent' });
  if (identity.apiURL === bound.apiURL && [uuid, userUUID, identity.accountUUID].includes(bound.accountUUID))
    return;
  throw new UserError(
    `The fleet belongs to account ${bound.accountUUID} at ${bound.apiURL}, the token here to ${identity.accountUUID} at ${identity.apiURL}: that its droplets are not there proves nothing.`,
    'Set DIGITALOCEAN_ACCESS_TOKEN as `clawfleet run` has it.',
  );
}

/** The cloud of the flags, beside the state that was found without them. */
export function cloudBeside(source: SourceConfig, flags: FleetFlags, context: CliContext): FleetConfig {
  const config = readFleetConfig(flags, context);
  return { ...config, source, simulatorFile: simulatorFileOf(source, context.cwd) };
}
