import { foreignFleetOfTags } from '../model/identity.ts';
import { isElsewhere } from './blocked.ts';
import { lossMemoryMs } from './creation.ts';
import type { RecordedSight } from './input.ts';
import { refreshDroplet } from './record-droplet.ts';
import { retireDroplet } from './retire-droplet.ts';
import {
  type Concern,
  isoOf,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  warning,
} from './situation.ts';

/** Brings the recorded droplet up to what is seen of it; only a 404 that proves absence lets it go. */
export const presence: Concern = (situation) => {
  const record = situation.status.droplet;
  if (!record) return undefined;
  switch (situation.recorded.kind) {
    case 'unlisted':
      return { look: { kind: 'droplet', dropletID: record.id } };
    case 'unlooked':
      return situation.cloud.viewed
        ? { look: { kind: 'droplet', dropletID: record.id } }
        : { waiting: progressing('Observing', 'Waiting for the first whole listing of the fleet') };
    case 'unproven':
      return notVisibleYet(situation, record.id);
    case 'gone':
      return lost(situation, record.id);
    case 'seen':
      return foreign(situation, situation.recorded.droplet.tags);
  }
};

/** Neither seen nor known to be gone: only a GET can tell. */
export function needsLook(sight: RecordedSight): boolean {
  return sight.kind === 'unlisted' || sight.kind === 'unlooked';
}

const unprovenLookMs = 5_000;

/** A 404 so soon after the create proves nothing: GET asks again in a while. */
export function notVisibleYet(situation: Situation, id: number): Verdict {
  const message = `Droplet ${id} was accepted and is not visible yet; it counts as gone only after the settling window`;
  return { waiting: progressing('NotVisibleYet', message), requeueAt: situation.now + unprovenLookMs };
}

function lost(situation: Situation, id: number): Verdict {
  const { status, spec, now } = situation;
  const count = recentLosses(situation) + 1;
  return {
    status: {
      ...retireDroplet(status, spec.adopt?.dropletID),
      placeHeld: true,
      replacements: { count, lastAt: isoOf(now) },
    },
    again: true,
    lost: true,
    notes: [warning('DropletGone', `Droplet ${id} is gone, and not by our doing`)],
    drift: [{ kind: 'Gone', stage: 'found' }],
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
  const message = `The droplet carries the tag of fleet ${fleet}; it is not touched. Remove that tag, or the bot`;
  return { waiting: stalled('ForeignFleet', message) };
}

/**
 * The situation with the recorded droplet refreshed from what is seen in its own cloud. Nothing that is seen of a droplet
 * on its way is worth a write of its own: it is taken in when it is active.
 */
export function refreshed(situation: Situation): Situation {
  const record = situation.status.droplet;
  const { recorded, cloud } = situation;
  if (!record || recorded.kind !== 'seen' || isElsewhere(record.cloud, cloud.identity)) return situation;
  if (record.status === 'new' && recorded.droplet.status === 'new') return situation;
  const droplet = refreshDroplet(record, recorded.droplet, recorded.proven);
  return { ...situation, status: { ...situation.status, droplet } };
}
