import { birthOfRecord, birthOfTags, birthsOf } from '../../model/birth.ts';
import { fleetTag } from '../../model/identity.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { OtherDroplet } from '../input.ts';
import { cloudAge, type Situation, timeOf } from '../situation.ts';

/**
 * Tags may come late, but no later than this: a droplet is judged by its birth once it is active or this old.
 */
const tagsLatestMs = 15 * 60_000;

/**
 * What a live droplet of this bot's name is that the record does not name.
 *
 * | kind | |
 * |---|---|
 * | unjudged | too young: its tags may still come |
 * | late | of a create that this record knows, which was answered late |
 * | returned | the bot's own before: it was believed gone, and another one was made in its place |
 * | ahead | of a create that this record knows nothing of: another writer's, or the record is old |
 * | twin | of the recorded droplet's own birth: another writer's, or a copy that a person made |
 * | unborn | with the fleet's tag and without a birth: a person restored it, or it is older than births |
 * | stranger | without the fleet's tag: the fleet has no business with it |
 */
export type SiblingKind = 'unjudged' | 'late' | 'returned' | 'ahead' | 'twin' | 'unborn' | 'stranger';

export interface Sibling extends OtherDroplet {
  readonly kind: SiblingKind;
  readonly birth: number | undefined;
}

export function siblingsOf(situation: Situation): Sibling[] {
  return situation.others.map((other) => {
    const birth = birthOfTags(other.droplet.tags);
    return { ...other, birth, kind: siblingKind(situation, other.droplet) };
  });
}

/** The part of a situation that determines what a sibling is. */
type Beholder = Pick<Situation, 'status' | 'fleetID'> & { readonly cloud: Pick<Situation['cloud'], 'time'> };

export function siblingKind(beholder: Beholder, droplet: Droplet): SiblingKind {
  const { status, fleetID } = beholder;
  const birth = birthOfTags(droplet.tags);
  const isOurs = droplet.tags.includes(fleetTag(fleetID));
  if ((birth === undefined || !isOurs) && !isJudgeable(beholder, droplet)) return 'unjudged';
  if (!isOurs) return 'stranger';
  if (birth === undefined) return 'unborn';
  if (birth > birthsOf(status)) return 'ahead';
  if (status.droplet && birth === birthOfRecord(status.droplet)) return 'twin';
  return isLost(status, droplet.id) ? 'returned' : 'late';
}

/** Whether the droplet was the bot's own and counted as lost: those are the latest of its former ones. */
function isLost({ replacements, knownDropletIDs = [] }: BotStatus, id: number): boolean {
  return replacements !== undefined && knownDropletIDs.slice(-replacements.count).includes(id);
}

function isJudgeable(beholder: Beholder, { status, createdAt }: Droplet): boolean {
  return status !== 'new' || cloudAge(beholder, createdAt) >= tagsLatestMs;
}

/**
 * The sibling to record when no droplet is: the registered agent's, else the newest birth's, else the oldest.
 */
export function chosenOf(
  siblings: readonly Sibling[],
  isAgents: (sibling: Sibling) => boolean,
): Sibling | undefined {
  return siblings.find(isAgents) ?? [...siblings].sort(newestBirth)[0];
}

function newestBirth(a: Sibling, b: Sibling): number {
  return (
    (b.birth ?? 0) - (a.birth ?? 0) ||
    timeOf(a.droplet.createdAt) - timeOf(b.droplet.createdAt) ||
    a.droplet.id - b.droplet.id
  );
}
