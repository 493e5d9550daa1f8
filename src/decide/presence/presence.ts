import { omit } from '../../kit/pick.ts';
import { botTag, dropletName, fleetTag, foreignFleetOfTags, releasedTag } from '../../model/identity.ts';
import type { DropletRecord } from '../../model/spec/bot-status.ts';
import type { CloudIdentity, Droplet } from '../../ports/cloud.ts';
import { isElsewhere } from '../blocked.ts';
import { lossMemoryMs } from '../droplet/creation.ts';
import {
  type Concern,
  isoOf,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  warning,
} from '../situation.ts';
import { absenceOf } from './absence.ts';
import { refreshDroplet, retireDroplet } from './record-droplet.ts';
import { siblingsOf } from './siblings.ts';

/**
 * Brings the record of the droplet up to date; lets go of it only when its absence is proven. An open
 * redeploy judges for itself.
 */
export const presence: Concern = (situation) => {
  const record = situation.status.droplet;
  if (!record || situation.status.operation?.type === 'Redeploy') return undefined;
  return presenceOf(situation, record.id, () => lost(situation, record.id));
};

/** `absent` once the recorded droplet is proven gone; undefined when it is there and may be worked on. */
export function presenceOf(situation: Situation, id: number, absent: () => Verdict): Verdict | undefined {
  switch (situation.recorded.kind) {
    case 'unlisted':
      return { look: { kind: 'droplet', dropletID: id } };
    case 'unlooked':
      return situation.cloud.viewed
        ? { look: { kind: 'droplet', dropletID: id } }
        : { waiting: progressing('Observing', 'Waiting for the first whole listing of the fleet') };
    case 'unproven':
      return notVisibleYet(situation, id);
    case 'missing': {
      const absence = absenceOf(situation, id, situation.recorded.miss);
      return absence.proven ? absent() : absence.verdict;
    }
    case 'gone':
      return absent();
    case 'seen':
      return (
        foreign(situation, situation.recorded.droplet.tags) ??
        released(situation, situation.recorded.droplet.tags)
      );
  }
}

const unprovenLookMs = 5_000;

/** A 404 this soon after the create proves nothing: GET is repeated in a while. */
function notVisibleYet(situation: Situation, id: number): Verdict {
  const message = `Droplet ${id} was accepted and is not visible yet; it counts as gone only after the settling window`;
  return { waiting: progressing('NotVisibleYet', message), requeueAt: situation.now + unprovenLookMs };
}

function lost(situation: Situation, id: number): Verdict {
  const { status, spec, now } = situation;
  if (siblingsOf(situation).some(({ kind }) => kind === 'ahead')) return overtaken(situation, id);
  const count = recentLosses(situation) + 1;
  return {
    status: {
      ...retireDroplet(status, spec.adopt?.dropletID),
      placeHeld: true,
      replacements: { count, lastAt: isoOf(now) },
    },
    again: true,
    lost: true,
    gone: [id],
    notes: [warning('DropletGone', `Droplet ${id} is gone, and clawfleet did not destroy it`)],
    drift: [{ kind: 'Gone', stage: 'found' }],
  };
}

/**
 * A later droplet of the bot's own lives: the record is old, and the droplet it names was dealt with long
 * ago. That is no loss.
 */
function overtaken({ status, spec }: Situation, id: number): Verdict {
  return {
    status: { ...retireDroplet(status, spec.adopt?.dropletID), placeHeld: true },
    again: true,
    gone: [id],
    notes: [normal('DropletGone', `Droplet ${id} is gone; a later droplet of this bot exists`)],
  };
}

/** Losses are forgotten a day after the last one. */
function recentLosses({ status, now }: Situation): number {
  const losses = status.replacements;
  return losses && now < timeOf(losses.lastAt) + lossMemoryMs ? losses.count : 0;
}

function foreign(situation: Situation, tags: readonly string[]): Verdict | undefined {
  const fleet = foreignFleetOfTags(tags, situation.fleetID);
  if (fleet === undefined) return undefined;
  const message = `The droplet carries the tag of fleet ${fleet}; it is not touched. Remove that tag, or delete the bot`;
  return { waiting: stalled('ForeignFleet', message) };
}

/** Whether the droplet, which the fleet created, was released. */
export function wasReleased({ status, fleetID }: Situation, tags: readonly string[]): boolean {
  if (status.droplet?.origin !== 'Created') return false;
  return tags.includes(releasedTag) && !tags.includes(fleetTag(fleetID));
}

/** The record is older than the droplet's release: somebody wanted it to run on without the fleet. */
function released(situation: Situation, tags: readonly string[]): Verdict | undefined {
  const { status, fleetID, bot } = situation;
  if (bot.deletion || !wasReleased(situation, tags)) return undefined;
  const message = `Droplet ${status.droplet?.id} was released from the fleet (tag ${releasedTag}); it is not touched. Give it the tag ${fleetTag(fleetID)} to have it back, or delete the bot`;
  return { waiting: stalled('DropletReleased', message) };
}

/**
 * The cloud that the record belongs to: the present one as soon as that shows the droplet with the fleet's
 * tag. Accounts used to be known by their user and are known by their team now; a 404 would prove nothing.
 */
function identityOf({ cloud, fleetID, bot }: Situation, record: DropletRecord, seen: Droplet): CloudIdentity {
  const { identity } = cloud;
  const isNamed = record.origin === 'Adopted' || seen.name === dropletName(bot.uid);
  const isOurs = isNamed && seen.tags.includes(fleetTag(fleetID)) && seen.tags.includes(botTag(bot.uid));
  return identity && isOurs && identity.apiURL === record.cloud.apiURL && isElsewhere(record.cloud, identity)
    ? identity
    : record.cloud;
}

/**
 * The situation with the recorded droplet refreshed from what its own cloud shows. A droplet on its way to
 * active is not worth a write: it is refreshed when it is active.
 */
export function refreshed(situation: Situation): Situation {
  const record = situation.status.droplet;
  const { recorded, cloud } = situation;
  if (!record || recorded.kind !== 'seen') return situation;
  const identity = identityOf(situation, record, recorded.droplet);
  if (isElsewhere(identity, cloud.identity)) return situation;
  const isMoved = identity !== record.cloud;
  if (!isMoved && record.status === 'new' && recorded.droplet.status === 'new') return situation;
  const known = isMoved ? { ...record, cloud: identity } : record;
  const droplet = refreshDroplet(known, recorded.droplet, recorded.proven);
  const isBooted = situation.status.bootReplaced !== undefined && droplet.status !== 'new';
  const status = isBooted ? omit(situation.status, 'bootReplaced') : situation.status;
  return { ...situation, status: { ...status, droplet } };
}
