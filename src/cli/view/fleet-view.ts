import type { CloudConfig, CloudEnvironment } from '../../config/cloud-config.ts';
import type { FleetState, Hold } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { ageSince } from '../text/age.ts';
import { counted, formatUSD } from '../text/money.ts';
import { fieldLines, section } from '../text/sections.ts';
import type { Paint } from '../text/terminal.ts';

/** Those older than this are on record until the next one, and count no more. */
const unaskedWindowMs = 600_000;

interface Place {
  readonly source: string;
  readonly state: string;
  /** Identity of source and state as they are now. */
  readonly identity: string;
}

/** What `fleet show` prints. `now` is epoch milliseconds. */
export function showFleet(
  fleet: FleetState,
  bots: readonly BotRecord[],
  place: Place,
  now: number,
  paint: Paint,
): string {
  const cost = bots.reduce((sum, { status }) => sum + (status.droplet?.priceMonthlyUSD ?? 0), 0);
  const bound = fleet.boundTo === place.identity;
  const head = fieldLines(
    [
      ['Fleet', fleet.fleetID],
      ['Source', place.source],
      ['State', place.state],
      [
        'Bound to',
        bound
          ? 'this source and state'
          : `${fleet.boundTo}, not this: \`clawfleet fleet take-over\` binds it here`,
        bound ? undefined : 'red',
      ],
      ['Created', `${fleet.createdAt} (${ageSince(fleet.createdAt, now)} ago)`],
      ['Clouds', cloudsOf(bots)],
      ['Bots', `${counted(bots.length, 'bot')}, ${formatUSD(cost)} a month`],
      ['Silent', silenceOf(fleet, now), 'yellow'],
      ['Old state', oldStateOf(fleet, now), 'red'],
      ['Cloud', incidentOf(bots), 'yellow'],
      ['Other fleets', fleet.acceptedNew ? 'on the cloud account, declared to be none of ours' : undefined],
    ],
    '',
    paint,
  );
  return [
    ...head,
    ...section(
      'Held',
      fleet.holds.map((hold) => holdLine(hold, now)),
      paint,
    ),
    ...section('Confirmed', confirmedLines(fleet), paint),
    ...section('Decided', decidedLines(fleet), paint),
    ...section(
      'Destroyed in the last 10 minutes although nobody asked for it',
      destroyedLines(fleet, now),
      paint,
    ),
    ...section(
      'Deleted in the last 24 hours',
      fleet.tombstones.map(
        (grave) => `  ${grave.key}  ${ageSince(grave.at, now)} ago, policy ${grave.policy}`,
      ),
      paint,
    ),
  ].join('\n');
}

function cloudsOf(bots: readonly BotRecord[]): string | undefined {
  const clouds = bots.flatMap(({ status }) => (status.droplet ? [status.droplet.cloud] : []));
  return (
    [...new Set(clouds.map(({ apiURL, accountUUID }) => `${apiURL}, account ${accountUUID}`))].join('; ') ||
    undefined
  );
}

function silenceOf({ silence }: FleetState, now: number): string | undefined {
  if (!silence) return undefined;
  const { silent, before, since } = silence;
  return `${silent} of ${counted(before, 'bot')}, for ${ageSince(since, now)}: none is rebooted or replaced for it`;
}

function oldStateOf({ oldState }: FleetState, now: number): string | undefined {
  if (!oldState) return undefined;
  const { droplets, since } = oldState;
  return `for ${ageSince(since, now)}, ${counted(droplets, 'droplet')} newer than it: nothing is destroyed for what it says until \`clawfleet fleet accept-state\` (look by its --dry-run)`;
}

/** As the conditions of the bots say that wait for its end. */
function incidentOf(bots: readonly BotRecord[]): string | undefined {
  const readies = bots.map(({ status }) => conditionOf(status, 'Ready'));
  const waiting = readies.filter((ready) => ready?.reason === 'CloudIncident');
  return waiting[0] && `${waiting[0].message} (${counted(waiting.length, 'bot')})`;
}

const whatIsHeld: Readonly<Record<Hold['kind'], string>> = {
  delete: 'deletion of bots no longer declared',
  recreate: 'new droplets for those that are gone',
  destroy: 'destruction that nobody asked for, of more droplets than usual',
};

function holdLine({ kind, since, keys, before, until }: Hold, now: number): string {
  const end = until === undefined ? '' : `, until ${until}`;
  const [share, back] =
    kind === 'destroy'
      ? [counted(keys.length, 'bot'), '']
      : [`${keys.length} of ${before}`, ', or bring them back'];
  return `  ${whatIsHeld[kind]}: ${share}, for ${ageSince(since, now)}${end}: ${keys.join(', ')}. Let go by \`clawfleet confirm ${kind}\` (look by its --dry-run)${back}`;
}

function confirmedLines({ confirmed }: FleetState): string[] {
  return (['delete', 'recreate', 'destroy'] as const).flatMap((kind) => {
    const keys = confirmed[kind] ?? [];
    return keys.length === 0 ? [] : [`  ${kind}: ${keys.join(', ')}`];
  });
}

function decidedLines({ resolutions = [] }: FleetState): string[] {
  return resolutions.map(({ key, keep }) => `  ${key} keeps droplet ${keep}; it is carried out next`);
}

function destroyedLines({ destructions = [] }: FleetState, now: number): string[] {
  return destructions
    .filter(({ at }) => now - Date.parse(at) < unaskedWindowMs)
    .map(({ dropletID, at }) => `  droplet ${dropletID}, ${ageSince(at, now)} ago`);
}

/** Which cloud is used, and why. */
export function cloudLine(cloud: CloudConfig, env: CloudEnvironment): string {
  if (cloud.kind === 'digitalocean') return `Cloud: ${cloud.apiURL}, by DIGITALOCEAN_ACCESS_TOKEN.`;
  if (env.DIGITALOCEAN_ACCESS_TOKEN)
    return 'Cloud: the built-in simulator (--simulator); the token is not used.';
  const hint = env.DIGITALOCEAN_TOKEN
    ? 'DIGITALOCEAN_TOKEN is not read: set DIGITALOCEAN_ACCESS_TOKEN, as for doctl, to drive the real DigitalOcean.'
    : 'Set DIGITALOCEAN_ACCESS_TOKEN to drive the real DigitalOcean.';
  return `Cloud: the built-in simulator, since no token is set; nothing costs money. ${hint}`;
}

/** The fleet's id as listings show it; undefined before a controller first ran. Not every user may read it. */
export function shownFleet(reader: SourceReader): string | undefined {
  try {
    return reader.fleet()?.fleetID;
  } catch (error) {
    if (faultOf(error, 'refused')) return '(you may not read its record)';
    throw error;
  }
}
