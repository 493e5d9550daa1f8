import { deletionPolicyOf } from '../model/bot-spec.ts';
import { fleetTag, foreignFleetOfTags, releasedTag } from '../model/identity.ts';
import type { Droplet } from '../ports/cloud.ts';
import { attempt, isSettled, search } from './attempt.ts';
import { blocked } from './blocked.ts';
import { destroyAndWait } from './destroy.ts';
import { recordOne } from './duplicates.ts';
import { omit } from './omit.ts';
import { once } from './once.ts';
import { needsLook, notVisibleYet } from './presence.ts';
import { retireDroplet } from './retire-droplet.ts';
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
 * Ends a bot by its policy. The record is released only when no create is in doubt and GET says 404 of every
 * droplet of its own (policy Delete), or GET shows the fleet's tag gone (Orphan).
 */
export const deletion: Concern = (situation) => {
  if (!situation.bot.deletion) return undefined;
  if (situation.held === 'delete') return { waiting: heldBack(situation) };
  const pending = notYet(situation);
  if (pending) return pending;
  if (hasNoFootprint(situation)) return release();
  return (
    blocked(situation) ??
    unviewed(situation) ??
    attempt(situation) ??
    rebuildWipedStatus(situation) ??
    ending(situation)
  );
};

function heldBack({ bot, heldUntil }: Situation): Waiting {
  if (bot.deletion?.wholesale !== undefined) {
    const message = `${bot.deletion.wholesale}: no droplet is destroyed before \`clawfleet confirm delete --all\``;
    return stalled('MassDeletionHeld', message);
  }
  if (heldUntil === undefined) {
    const message =
      'Many bots vanished at once, so nothing is deleted: bring them back, or run `clawfleet confirm delete --all`';
    return stalled('MassDeletionHeld', message);
  }
  const message =
    `No bot is declared any more, so this one stays until ${heldUntil}: declare it again, ` +
    `or delete it now by \`clawfleet confirm delete ${bot.key}\``;
  return stalled('EmptySourceHeld', message);
}

/** What merely is no longer declared waits this long, so that what vanishes one by one is counted together. */
const graceMs = 2_000;

function notYet({ bot, status, now }: Situation): Verdict | undefined {
  if (!bot.deletion?.implicit || status.phase === 'Deleting') return undefined;
  const dueAt = timeOf(bot.deletion.requestedAt) + graceMs;
  if (now >= dueAt) return undefined;
  return {
    waiting: progressing('Undeclared', 'It is no longer declared, and deleted next'),
    requeueAt: dueAt,
  };
}

function hasNoFootprint({ status, others, bot }: Situation): boolean {
  const clean = !status.droplet && !status.createAttempt && !status.knownDropletIDs && others.length === 0;
  return clean && (bot.pristine || status.ownerUID === bot.uid);
}

function release(): Verdict {
  return { effect: { kind: 'release' }, waiting: progressing('Deleting', 'Nothing is left of the bot') };
}

function unviewed(situation: Situation): Verdict | undefined {
  if (situation.cloud.viewed) return undefined;
  return { waiting: progressing('Observing', 'Waiting for the first whole listing of the fleet') };
}

/** A wiped status may hide a create in doubt: the droplet is looked for by name through a settling window first. */
function rebuildWipedStatus(situation: Situation): Verdict | undefined {
  const { bot, status, others } = situation;
  const known = status.droplet !== undefined || others.length > 0;
  if (known || bot.pristine || status.ownerUID === bot.uid || isSettled(situation.attempt)) return undefined;
  return search(situation);
}

function ending(situation: Situation): Verdict {
  const { status, others, spec } = situation;
  const surplus = others[0];
  if (deletionPolicyOf(spec) === 'Delete') {
    if (surplus) return endSurplus(situation, surplus.droplet.id);
    return status.droplet ? destroy(situation, status.droplet.id) : release();
  }
  if (status.droplet) return orphan(situation, status.droplet.id);
  return (stillTagged(situation) && recordOne(situation)) || release();
}

function stillTagged({ others, fleetID }: Situation): boolean {
  return others.some((other) => other.droplet.tags.includes(fleetTag(fleetID)));
}

function endSurplus(situation: Situation, id: number): Verdict {
  const confirmed = situation.others[0]?.confirmed ?? false;
  return confirmed
    ? destroyAndWait(situation, id, 'its bot is deleted')
    : { look: { kind: 'droplet', dropletID: id } };
}

function destroy(situation: Situation, id: number): Verdict {
  const { recorded } = situation;
  if (recorded.kind === 'gone') {
    return {
      status: retireDroplet(situation.status, situation.spec.adopt?.dropletID),
      again: true,
      notes: [normal('DropletDestroyed', `Droplet ${id} is gone`)],
    };
  }
  if (needsLook(recorded)) return { look: { kind: 'droplet', dropletID: id } };
  if (recorded.kind === 'seen' && foreignFleetOfTags(recorded.droplet.tags, situation.fleetID) !== undefined)
    return leaveToOthers(situation, recorded.droplet);
  return destroyAndWait(situation, id, 'its bot is deleted');
}

/** Another fleet's tag forbids every touch but taking our own tag off: the droplet is theirs now. */
function leaveToOthers(situation: Situation, droplet: Droplet): Verdict {
  const ours = fleetTag(situation.fleetID);
  if (droplet.tags.includes(ours)) {
    const waiting = progressing(
      'Releasing',
      `Droplet ${droplet.id} carries another fleet’s tag; ours is removed`,
    );
    return once(situation, { kind: 'untag', dropletID: droplet.id, tag: ours }, waiting);
  }
  return {
    status: omit(situation.status, 'droplet', 'knownDropletIDs'),
    again: true,
    notes: [warning('DropletLeft', `Droplet ${droplet.id} carries another fleet’s tag and is left as it is`)],
  };
}

function orphan(situation: Situation, id: number): Verdict {
  const { recorded } = situation;
  if (recorded.kind === 'gone')
    return { status: retireDroplet(situation.status, situation.spec.adopt?.dropletID), again: true };
  if (recorded.kind === 'unproven') return notVisibleYet(situation, id);
  if (recorded.kind !== 'seen') return { look: { kind: 'droplet', dropletID: id } };
  if (foreignFleetOfTags(recorded.droplet.tags, situation.fleetID) !== undefined)
    return leaveToOthers(situation, recorded.droplet);
  const waiting = progressing('Releasing', `Droplet ${id} is being released to run on`);
  if (!recorded.droplet.tags.includes(releasedTag)) {
    return once(situation, { kind: 'tag', dropletID: id, tag: releasedTag }, waiting);
  }
  const ours = fleetTag(situation.fleetID);
  if (recorded.droplet.tags.includes(ours))
    return once(situation, { kind: 'untag', dropletID: id, tag: ours }, waiting);
  const status = omit(situation.status, 'droplet', 'knownDropletIDs');
  return {
    status,
    again: true,
    notes: [normal('DropletReleased', `Droplet ${id} runs on, released from the fleet`)],
  };
}
