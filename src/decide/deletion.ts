import { omit } from '../kit/pick.ts';
import { fleetTag, foreignFleetOfTags, releasedTag } from '../model/identity.ts';
import { deletionPolicyOf } from '../model/spec/bot-spec.ts';
import type { Droplet } from '../ports/cloud.ts';
import { attempt, search, windowHasPassed } from './attempt.ts';
import { blocked } from './blocked.ts';
import type { Note } from './decision.ts';
import { destroyAndWait } from './droplet/destroy.ts';
import { unlessRecent } from './droplet/unless-recent.ts';
import { forked, recordBest, vanishing } from './presence/duplicates.ts';
import { presenceOf, wasReleased } from './presence/presence.ts';
import { retireDroplet } from './presence/record-droplet.ts';
import { type Sibling, type SiblingKind, siblingsOf } from './presence/siblings.ts';
import {
  type Concern,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  type Waiting,
  warning,
} from './situation.ts';

/**
 * Ends a bot by its policy. The record is released only once no create is in doubt and GET answers 404 for
 * every droplet of its own (policy Delete), or shows that the fleet's tag is gone (Orphan).
 */
export const deletion: Concern = (situation) => {
  if (!situation.bot.deletion) return undefined;
  if (situation.held === 'delete') return { waiting: heldBack(situation) };
  const pending = notYet(situation);
  if (pending) return pending;
  if (hasNoFootprint(situation)) return release();
  return (
    blocked(situation) ??
    letGoOfShared(situation) ??
    unviewed(situation) ??
    afterAcceptance(situation) ??
    forked(situation) ??
    attempt(situation) ??
    rebuildWipedStatus(situation) ??
    ending(situation)
  );
};

function heldBack({ bot, heldUntil }: Situation): Waiting {
  if (bot.deletion?.wholesale !== undefined) {
    const message = `${bot.deletion.wholesale}: no droplet is destroyed until you run \`clawfleet confirm delete --all\``;
    return stalled('MassDeletionHeld', message);
  }
  if (heldUntil === undefined) {
    const message =
      'Many bots vanished at once, so nothing is deleted: bring them back, or run `clawfleet confirm delete --all`';
    return stalled('MassDeletionHeld', message);
  }
  const message =
    `No bot is declared any more, so this one stays until ${heldUntil}: declare it again, ` +
    `or delete it now with \`clawfleet confirm delete ${bot.key}\``;
  return stalled('EmptySourceHeld', message);
}

/** How long until a droplet that cannot be judged yet is checked again. */
const unjudgedLookMs = 30_000;

/**
 * A bot that merely is no longer declared waits this long, so that bots that vanish one by one are counted
 * together.
 */
const graceMs = 2_000;

function notYet({ bot, status, now }: Situation): Verdict | undefined {
  if (!bot.deletion?.implicit || status.phase === 'Deleting') return undefined;
  const requestedAt = timeOf(bot.deletion.requestedAt);
  // A clock that has stepped back since then delays nothing.
  if (Math.abs(now - requestedAt) >= graceMs) return undefined;
  return {
    waiting: progressing('Undeclared', 'It is no longer declared and will be deleted next'),
    requeueAt: requestedAt + graceMs,
  };
}

/**
 * A record without a droplet may be older than one that exists, so the cloud must have been seen, if it can
 * be.
 */
function hasNoFootprint(situation: Situation): boolean {
  const { status, bot, cloud } = situation;
  if (!cloud.viewed && !cloud.blocked) return false;
  const clean = !status.droplet && !status.createAttempt && !status.knownDropletIDs;
  return clean && !siblingsOf(situation).some(concerns) && (bot.pristine || status.ownerUID === bot.uid);
}

/** Whether the droplet may be the bot's own; one that a person restored under its name is left alone. */
function concerns({ kind }: Sibling): boolean {
  return kind !== 'unborn' && kind !== 'stranger';
}

/** Another bot that records the droplet keeps it. */
function letGoOfShared({ sharedWith, status }: Situation): Verdict | undefined {
  const id = status.droplet?.id;
  if (sharedWith === undefined || id === undefined) return undefined;
  const message = `Droplet ${id} is on record for bot ${sharedWith} as well, and left to it`;
  return { status: omit(status, 'droplet'), again: true, notes: [warning('DropletLeft', message)] };
}

/** A bot that an old state does not declare may have been declared since. */
function afterAcceptance({ bot, oldState }: Situation): Verdict | undefined {
  if (!oldState || !bot.deletion?.implicit) return undefined;
  return { waiting: progressing(oldState.reason, oldState.message) };
}

function release(): Verdict {
  return { effect: { kind: 'release' }, waiting: progressing('Deleting', 'Nothing is left of the bot') };
}

function unviewed(situation: Situation): Verdict | undefined {
  if (situation.cloud.viewed) return undefined;
  return { waiting: progressing('Observing', 'Waiting for the first whole listing of the fleet') };
}

/**
 * A wiped status may hide a create in doubt: the droplet is searched for by name through a settling window
 * first.
 */
function rebuildWipedStatus(situation: Situation): Verdict | undefined {
  const { bot, status, others } = situation;
  const known = status.droplet !== undefined || others.length > 0;
  if (known || bot.pristine || status.ownerUID === bot.uid || windowHasPassed(situation.attempt))
    return undefined;
  return search(situation);
}

/** Destroys or releases a droplet of the bot's own that is not on record. */
const surplusKinds: ReadonlySet<SiblingKind> = new Set(['late', 'returned', 'ahead', 'twin']);

function ending(situation: Situation): Verdict {
  const { status, spec } = situation;
  const siblings = siblingsOf(situation);
  const vanished = vanishing(situation, siblings);
  if (vanished) return vanished;
  const isDelete = deletionPolicyOf(spec) === 'Delete';
  if (isDelete) {
    const surplus = siblings.find(({ kind }) => surplusKinds.has(kind));
    if (surplus) return end(situation, surplus.droplet.id);
  }
  if (status.droplet)
    return isDelete ? destroy(situation, status.droplet.id) : orphan(situation, status.droplet.id);
  return unjudged(situation, siblings) ?? lastOne(situation, siblings) ?? release();
}

/** Waits until the droplet's tags show whose it is; the bot is not released before. */
function unjudged({ now }: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const young = siblings.find(({ kind }) => kind === 'unjudged');
  if (!young) return undefined;
  const message = `Droplet ${young.droplet.id} bears the bot's name; once it is active, its tags show whose it is`;
  return {
    waiting: progressing('Observing', message),
    watch: young.droplet.id,
    requeueAt: now + unjudgedLookMs,
  };
}

/**
 * A record without a droplet may have lost it; one whose bot had its own droplet leaves alone what a person
 * restored since.
 */
function lastOne(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const own = situation.status.knownDropletIDs ? siblings.filter(concerns) : siblings;
  return recordBest(situation, own);
}

function end(situation: Situation, dropletID: number): Verdict {
  const cause = situation.bot.deletion?.implicit ? 'Undeclared' : 'Deletion';
  return destroyAndWait(situation, { dropletID, cause, why: 'its bot is deleted' });
}

function destroy(situation: Situation, id: number): Verdict {
  const { recorded } = situation;
  if (recorded.kind === 'seen' && foreignFleetOfTags(recorded.droplet.tags, situation.fleetID) !== undefined)
    return leaveToOthers(situation, recorded.droplet);
  if (recorded.kind === 'seen' && wasReleased(situation, recorded.droplet.tags))
    return leave(situation, `Droplet ${id} was released from the fleet before and is left as it is`);
  const notes = [normal('DropletDestroyed', `Droplet ${id} is gone`)];
  return presenceOf(situation, id, () => retired(situation, id, notes)) ?? end(situation, id);
}

function retired(situation: Situation, id: number, notes: readonly Note[]): Verdict {
  const status = retireDroplet(situation.status, situation.spec.adopt?.dropletID);
  return { status, again: true, gone: [id], notes };
}

/** Another fleet's tag forbids everything but removing our own tag: the droplet is theirs now. */
function leaveToOthers(situation: Situation, droplet: Droplet): Verdict {
  const ours = fleetTag(situation.fleetID);
  if (droplet.tags.includes(ours)) {
    const waiting = progressing(
      'Releasing',
      `Droplet ${droplet.id} carries another fleet’s tag; ours is removed`,
    );
    return unlessRecent(situation, { kind: 'untag', dropletID: droplet.id, tag: ours }, waiting);
  }
  return leave(situation, `Droplet ${droplet.id} carries another fleet’s tag and is left as it is`);
}

function leave({ status }: Situation, message: string): Verdict {
  return {
    status: omit(status, 'droplet', 'knownDropletIDs'),
    again: true,
    notes: [warning('DropletLeft', message)],
  };
}

function orphan(situation: Situation, id: number): Verdict {
  const { recorded } = situation;
  if (recorded.kind === 'seen' && foreignFleetOfTags(recorded.droplet.tags, situation.fleetID) !== undefined)
    return leaveToOthers(situation, recorded.droplet);
  const absent = presenceOf(situation, id, () => retired(situation, id, []));
  if (absent) return absent;
  if (recorded.kind !== 'seen') return { look: { kind: 'droplet', dropletID: id } };
  const waiting = progressing('Releasing', `Droplet ${id} is being released to run on`);
  if (!recorded.droplet.tags.includes(releasedTag)) {
    return unlessRecent(situation, { kind: 'tag', dropletID: id, tag: releasedTag }, waiting);
  }
  const ours = fleetTag(situation.fleetID);
  if (recorded.droplet.tags.includes(ours))
    return unlessRecent(situation, { kind: 'untag', dropletID: id, tag: ours }, waiting);
  const status = omit(situation.status, 'droplet', 'knownDropletIDs');
  return {
    status,
    again: true,
    notes: [normal('DropletReleased', `Droplet ${id} runs on, released from the fleet`)],
  };
}
