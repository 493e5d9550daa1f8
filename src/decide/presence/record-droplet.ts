import { omit } from '../../kit/pick.ts';
import { birthOfTags, birthsOf, requestTag } from '../../model/birth.ts';
import type {
  BotStatus,
  CreateAttempt,
  DropletRecord,
  DropletTemplate,
} from '../../model/spec/bot-status.ts';
import type { CloudIdentity, Droplet } from '../../ports/cloud.ts';
import { withAgentOf, withoutFormerAgent } from '../agent/enrolment.ts';
import { endOperation } from '../operation.ts';
import type { Situation } from '../situation.ts';

interface Provenance {
  readonly cloud: CloudIdentity;
  readonly origin: DropletRecord['origin'];
  /** Shown by GET or a list, not merely by the answer to its own create. */
  readonly seen: boolean;
  readonly template?: DropletTemplate;
  /** The create in whose answer it came. */
  readonly attemptID?: string;
  readonly birth?: number;
  readonly request?: string;
}

/** The provenance of a droplet that `attempt` made. */
export function provenanceOf(attempt: CreateAttempt): Provenance {
  const { cloud, template, birth, request } = attempt;
  return {
    ...{ cloud, origin: 'Created', seen: false, template },
    ...(birth !== undefined && { birth }),
    ...(request !== undefined && { request }),
  };
}

/** The status once `droplet` is known to be the bot's own; whatever led there is over. */
export function recordDroplet(status: BotStatus, droplet: Droplet, provenance: Provenance): BotStatus {
  const { template, attemptID, birth, request, ...origin } = provenance;
  const record = {
    ...dropletFacts(droplet),
    ...origin,
    managedTags: template?.tags ?? [],
    ...(template && { template }),
    ...(attemptID !== undefined && { attemptID }),
    ...(birth !== undefined && { birth }),
    ...(request !== undefined && { request }),
  };
  const rest = omit(withAgentOf(status, attemptID), 'createAttempt', 'refusal');
  const births = Math.max(birthsOf(status), birth ?? 0);
  return {
    ...withoutKnown(rest, droplet.id),
    droplet: record,
    placeHeld: true,
    ...(births > 0 && { births }),
  };
}

/** A droplet that was believed gone and is the bot's own again is no longer a former one. */
function withoutKnown(status: BotStatus, id: number): BotStatus {
  const { knownDropletIDs } = status;
  if (!knownDropletIDs?.includes(id)) return status;
  const others = knownDropletIDs.filter((known) => known !== id);
  return others.length > 0 ? { ...status, knownDropletIDs: others } : omit(status, 'knownDropletIDs');
}

/**
 * The status with a droplet taken over as it is. It may be newer than the record: the births follow the one
 * that it carries, and the request it was made for counts as handled. An operation on another droplet is
 * dropped: this one was never asked to shut down.
 */
export function takenOver(
  { status, spec }: Situation,
  droplet: Droplet,
  cloud: CloudIdentity,
  attemptID?: string,
): BotStatus {
  const birth = birthOfTags(droplet.tags);
  const wanted = spec.redeployRequest;
  const isAnswered = wanted !== undefined && droplet.tags.includes(requestTag(wanted));
  // The agent of another droplet does not speak for this one: its silence would get a live droplet replaced.
  const calm = status.operation?.type === 'Redeploy' ? status : endOperation(status);
  const known = attemptID === undefined ? withoutFormerAgent(calm) : calm;
  const recorded = recordDroplet(known, droplet, {
    ...{ cloud, origin: 'Created', seen: true },
    ...(attemptID !== undefined && { attemptID }),
    ...(birth !== undefined && { birth }),
    ...(isAnswered && { request: requestTag(wanted) }),
  });
  if (!isAnswered) return recorded;
  return { ...recorded, handledRequests: { ...recorded.handledRequests, redeploy: wanted } };
}

/** The record of the droplet as the cloud shows it now. */
export function refreshDroplet(record: DropletRecord, droplet: Droplet, seen: boolean): DropletRecord {
  const kept = omit(record, 'publicIPv4');
  return { ...kept, ...dropletFacts(droplet), seen: record.seen || seen };
}

function dropletFacts(droplet: Droplet) {
  const { id, name, status, region, size, image, createdAt, priceMonthlyUSD, publicIPv4 } = droplet;
  const facts = { id, name, status, region, size, image, createdAt, priceMonthlyUSD };
  return publicIPv4 === undefined ? facts : { ...facts, publicIPv4 };
}

const mostKnownIDs = 16;

/**
 * The status once the recorded droplet is gone. Its id is remembered, so that a stale listing misleads
 * nobody; that of the `adopted` one for good, so that it is not asked for again.
 */
export function retireDroplet(status: BotStatus, adopted: number | undefined): BotStatus {
  const id = status.droplet?.id;
  const rest = omit(status, 'droplet', 'refusedOrder');
  return id === undefined
    ? rest
    : { ...rest, knownDropletIDs: remember(status.knownDropletIDs, id, adopted) };
}

/** `ids` with `id` added at its end, at most 16; `pinned` stays among them. */
function remember(ids: readonly number[] = [], id: number, pinned: number | undefined): number[] {
  const all = ids.includes(id) ? [...ids] : [...ids, id];
  const kept = all.slice(-mostKnownIDs);
  const isDropped = pinned !== undefined && all.includes(pinned) && !kept.includes(pinned);
  return isDropped ? [pinned, ...kept.slice(1)] : kept;
}
