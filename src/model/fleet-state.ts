import type { BotRecord } from './records.ts';
import type { ResourceKey } from './resource-key.ts';
import type { DeletionPolicy } from './spec/bot-spec.ts';

/** Remembers a bot that is gone, for 24 h: a droplet that turns up late under policy Delete is destroyed. */
export interface Tombstone {
  readonly uid: string;
  readonly key: ResourceKey;
  readonly policy: DeletionPolicy;
  /**
   * How many creates the bot had: a droplet without a birth, or with a higher one, is nobody's to destroy.
   */
  readonly births?: number;
  /** ISO 8601. */
  readonly at: string;
  /**
   * It merely was no longer declared, and nobody confirmed that: it counts as a loss, after a restart too.
   */
  readonly lost?: boolean;
}

/**
 * Many bots, or many droplets, vanished at once, or the last bots of a source did: `delete` holds the
 * deletion of bots no longer declared, `recreate` the re-creation of droplets that are gone. Ends when they
 * return or someone confirms. `destroy` holds destructions that nobody asked for, beyond as many as are
 * ordinary.
 */
export interface Hold {
  readonly kind: 'delete' | 'recreate' | 'destroy';
  readonly since: string;
  readonly keys: readonly ResourceKey[];
  /** How many there were before the loss. */
  readonly before: number;
  /** ISO 8601: it ends by itself then, if the source has declared no bot up to that time. Absent: never. */
  readonly until?: string;
}

/**
 * Many bots fell silent together: that is rather the network, or this controller's address, than the bots.
 * None is rebooted or replaced for its silence until they are heard again.
 */
export interface MassSilence {
  readonly since: string;
  /** How many are silent. */
  readonly silent: number;
  /** How many had been heard before. */
  readonly before: number;
}

/**
 * A person lifted a bot's deletion protection, for the deletion that was asked for at that time (ISO 8601).
 */
interface ReleasedBot {
  readonly key: ResourceKey;
  readonly requestedAt: string;
}

/** A destruction that nobody asked for, recorded just before its order. */
export interface Destroyed {
  readonly dropletID: number;
  readonly accountUUID: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Droplets bear higher births than their records: the state was restored, or copied. */
export interface OldState {
  readonly since: string;
  /** How many droplets are newer than their bots' records. */
  readonly droplets: number;
}

/** The droplet that a person said a bot keeps (`clawfleet resolve`). */
export interface Resolution {
  readonly key: ResourceKey;
  readonly keep: number;
}

/** The controller's own record beside the bots: one for each source, changed by compare-and-swap. */
export interface FleetState {
  /**
   * Made once, `^[a-z0-9]{8}$` unless set by --fleet-id (`^[a-z0-9][a-z0-9-]{0,30}$`). In the tag of every
   * droplet.
   */
  readonly fleetID: string;
  /** Identity of the source the fleet is bound to, such as a directory's path. */
  readonly boundTo: string;
  readonly createdAt: string;
  /** The cloud of the controller's own token, from its first listing on; any other is left alone. */
  readonly cloud?: { readonly apiURL: string; readonly accountUUID: string };
  /** Other fleets on the cloud account that a person has declared not to be ours (`clawfleet fleet init`). */
  readonly acceptedNew: boolean;
  readonly holds: readonly Hold[];
  /** Bots whose loss was confirmed: what was held for them may proceed. */
  readonly confirmed: {
    readonly delete: readonly ResourceKey[];
    readonly recreate: readonly ResourceKey[];
    readonly destroy?: readonly ResourceKey[];
  };
  readonly released?: readonly ReleasedBot[];
  readonly tombstones: readonly Tombstone[];
  /**
   * 32 bytes in base64, made once. Keys the hashes in config ids and seals our annotations; decrypts nothing.
   */
  readonly configKey?: string;
  readonly silence?: MassSilence;
  /** Droplets destroyed in the last ten minutes although nobody asked for it. */
  readonly destructions?: readonly Destroyed[];
  /** Set once the droplets turned out to be newer than this state, until a person accepts that. */
  readonly oldState?: OldState;
  /** Which droplet a bot keeps, as a person decided; each until that is carried out. */
  readonly resolutions?: readonly Resolution[];
}

/** Whether this bot's protection was lifted for the very deletion that is asked for now. */
export function isReleased(
  { released }: Pick<FleetState, 'released'>,
  { key, deletion }: Pick<BotRecord, 'key' | 'deletion'>,
): boolean {
  return Boolean(released?.some((one) => one.key === key && one.requestedAt === deletion?.requestedAt));
}

/** `state` with `keys` released: taken out of every hold of that kind, and added to what is confirmed. */
export function confirmHolds(
  state: FleetState,
  kind: Hold['kind'],
  keys: readonly ResourceKey[],
): FleetState {
  const chosen = new Set(keys);
  const holds = state.holds
    .map((hold) =>
      hold.kind === kind ? { ...hold, keys: hold.keys.filter((key) => !chosen.has(key)) } : hold,
    )
    .filter((hold) => hold.keys.length > 0);
  const confirmed = [...new Set([...(state.confirmed[kind] ?? []), ...keys])];
  return { ...state, holds, confirmed: { ...state.confirmed, [kind]: confirmed } };
}

const idLength = 8;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new fleet id: `^[a-z0-9]{8}$`. `random` returns numbers in [0, 1). */
export function newFleetID(random: () => number): string {
  return Array.from({ length: idLength }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join(
    '',
  );
}

/** The record of a fleet that begins now; `createdAt` is ISO 8601. */
export function newFleetState(fleetID: string, boundTo: string, createdAt: string): FleetState {
  return {
    fleetID,
    boundTo,
    createdAt,
    acceptedNew: false,
    holds: [],
    confirmed: { delete: [], recreate: [] },
    tombstones: [],
  };
}
