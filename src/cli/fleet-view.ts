import type { FleetState } from '../model/fleet-state.ts';
import type { BotRecord } from '../model/records.ts';
import { ageSince } from './age.ts';
import { counted, formatUSD } from './money.ts';
import type { Paint } from './paint.ts';
import { fieldLines, section } from './sections.ts';

interface Place {
  readonly source: string;
  readonly state: string;
  /** Identity of source and state as they are now. */
  readonly identity: string;
}

/** What `fleet show` tells. `now` is epoch milliseconds. */
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

function holdLine({ kind, since, keys, before, until }: FleetState['holds'][number], now: number): string {
  const what =
    kind === 'delete' ? 'deletion of bots no longer declared' : 'new droplets for those that are gone';
  const end = until === undefined ? '' : `, until ${until}`;
  return `  ${what}: ${keys.length} of ${before}, for ${ageSince(since, now)}${end}: ${keys.join(', ')}. Let go by \`clawfleet confirm ${kind}\` (look by its --dry-run), or bring them back`;
}

function confirmedLines({ confirmed }: FleetState): string[] {
  return (['delete', 'recreate'] as const).flatMap((kind) =>
    confirmed[kind].length === 0 ? [] : [`  ${kind}: ${confirmed[kind].join(', ')}`],
  );
}
