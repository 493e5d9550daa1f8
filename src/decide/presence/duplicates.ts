import type { Droplet } from '../../ports/cloud.ts';
import { clockSkewMs } from '../attempt.ts';
import { destroyAndWait } from '../droplet/destroy.ts';
import {
  type Concern,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  warning,
} from '../situation.ts';
import { absenceOf } from './absence.ts';
import { takenOver } from './record-droplet.ts';
import { chosenOf, type Sibling, siblingsOf } from './siblings.ts';

/** How long until a droplet that cannot be judged yet is checked again. */
const unjudgedLookMs = 30_000;

/**
 * Resolves droplets with this bot's name beside the recorded one, only while no operation is open, and only
 * once its own presence is settled.
 */
export const duplicates: Concern = (situation) => {
  const { status, others } = situation;
  if (others.length === 0 || status.createAttempt) return undefined;
  const siblings = siblingsOf(situation);
  const vanished = vanishing(situation, siblings);
  if (vanished) return vanished;
  if (!status.droplet) return takeOver(situation, siblings);
  return status.operation ? undefined : (keepChosen(situation, siblings) ?? destroyLate(situation, siblings));
};

/**
 * Goes first once the recorded droplet is known to live. A droplet of the recorded one's birth or a later one
 * was made by another writer or a person, and one that was counted as lost may hold what the bot has learned.
 * Only a person can say which is the bot's.
 */
export const forked: Concern = (situation) => {
  const { status, keep, bot, recorded } = situation;
  if (!status.droplet || recorded.kind !== 'seen' || keep === status.droplet.id) return undefined;
  const siblings = siblingsOf(situation);
  if (siblings.some(({ droplet }) => droplet.id === keep)) return undefined;
  const why = unknownCreate(siblings) ?? (bot.deletion ? undefined : returnOfLost(siblings));
  if (why === undefined) return undefined;
  const message =
    `Droplet ${status.droplet.id} is on record, yet ${why}. Nothing is created or destroyed for ` +
    `this bot until \`clawfleet resolve ${bot.key} --keep ID\` says which droplet it keeps`;
  return { waiting: stalled('FleetForked', message) };
};

function unknownCreate(siblings: readonly Sibling[]): string | undefined {
  const rivals = siblings.filter(({ kind }) => kind === 'ahead' || kind === 'twin');
  if (rivals.length === 0) return undefined;
  const named = rivals.map(({ droplet, birth }) => `${droplet.id} (birth ${birth})`).join(', ');
  return (
    `${named} bears this bot's name and comes from a create that this state does not know: two controllers act on copies of ` +
    'one state, or the state was restored'
  );
}

/**
 * The cloud denied for long that it lives; destroying it as a duplicate of its replacement would lose the
 * bot's data.
 */
function returnOfLost(siblings: readonly Sibling[]): string | undefined {
  const returned = siblings.find(({ kind }) => kind === 'returned');
  return (
    returned && `${returned.droplet.id}, in whose place it was made, was not lost: the cloud shows it again`
  );
}

/** A droplet with this bot's name that answers 404 is waited for until its absence is certain. */
export function vanishing(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  for (const { droplet, miss } of siblings) {
    if (!miss) continue;
    const absence = absenceOf(situation, droplet.id, miss);
    return absence.proven ? { gone: [droplet.id], again: true } : absence.verdict;
  }
  return undefined;
}

/**
 * The droplet that the person chose becomes the bot's own. Other droplets of the fleet with a birth are
 * surplus; one without a birth is nobody's to destroy.
 */
function keepChosen(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const { keep, status } = situation;
  if (keep === undefined) return undefined;
  const chosen = siblings.find(({ droplet }) => droplet.id === keep);
  if (chosen) return recordOne(situation, chosen);
  const surplus = siblings.find((sibling) => sibling.birth !== undefined && isOurs(sibling));
  if (keep !== status.droplet?.id || !surplus) return undefined;
  return destroySurplus(situation, surplus.droplet, 'Resolved', `a person decided to keep ${keep}`);
}

/** The recorded droplet stays; both it and the one to destroy were read in this very pass. */
function destroyLate(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const late = siblings.find(({ kind }) => kind === 'late');
  if (!late) return awaitUnjudged(situation, siblings);
  const recorded = situation.status.droplet?.id;
  const verdict = destroySurplus(situation, late.droplet, 'Duplicate', `it is a duplicate of ${recorded}`);
  if (!verdict.effect) return verdict;
  const message = `Droplet ${late.droplet.id} is a duplicate of ${recorded}`;
  return { ...verdict, notes: [warning('DuplicateDroplet', message)] };
}

function destroySurplus(
  situation: Situation,
  { id }: Droplet,
  cause: 'Resolved' | 'Duplicate',
  why: string,
): Verdict {
  return destroyAndWait(situation, { dropletID: id, cause, why, stays: situation.status.droplet?.id });
}

/**
 * Nothing hinders the recorded droplet, but none is created beside one that may turn out to be the bot's own.
 */
function awaitUnjudged(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const young = siblings.find(({ kind }) => kind === 'unjudged');
  if (!young || situation.status.droplet) return undefined;
  const message = `Droplet ${young.droplet.id} bears this bot's name; once it is active, its tags show whose it is`;
  return {
    waiting: progressing('Observing', message),
    watch: young.droplet.id,
    requeueAt: situation.now + unjudgedLookMs,
  };
}

/** With no droplet on record, one with this bot's name is its own, unless a redeploy has just replaced it. */
function takeOver(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const { operation, knownDropletIDs = [] } = situation.status;
  const replaced = siblings.find(
    ({ droplet }) => operation?.type === 'Redeploy' && knownDropletIDs.includes(droplet.id),
  );
  if (replaced) {
    const { id: dropletID } = replaced.droplet;
    return destroyAndWait(situation, { dropletID, cause: 'Redeploy', why: 'it is redeployed' });
  }
  // A person asked for a new droplet; one that somebody restored in the meantime is not that.
  const own = operation?.type === 'Redeploy' ? siblings.filter(({ kind }) => kind !== 'unborn') : siblings;
  return recordBest(situation, own) ?? awaitUnjudged(situation, siblings);
}

function isOurs({ kind }: Sibling): boolean {
  return kind !== 'unjudged' && kind !== 'stranger';
}

/** Records the best candidate among the fleet's droplets with this bot's name. */
export function recordBest(situation: Situation, siblings: readonly Sibling[]): Verdict | undefined {
  const ours = siblings.filter(isOurs);
  const chosen = chosenOf(ours, (sibling) => isAgents(situation, sibling));
  return chosen && recordOne(situation, chosen);
}

function recordOne(situation: Situation, sibling: Sibling): Verdict | undefined {
  const { identity } = situation.cloud;
  const { droplet, confirmed } = sibling;
  if (!identity) return undefined;
  if (!confirmed) return { look: { kind: 'droplet', dropletID: droplet.id } };
  const attemptID = isAgents(situation, sibling)
    ? situation.status.registration?.agent?.attemptID
    : undefined;
  return {
    status: takenOver(situation, droplet, identity, attemptID),
    again: true,
    notes: [normal('DropletFound', `Droplet ${droplet.id} carries this bot’s name; recorded as its own`)],
  };
}

/**
 * Whether the create that the agent came with made the droplet: by birth, else (before births were counted)
 * by time.
 */
function isAgents({ status }: Situation, { droplet, birth }: Sibling): boolean {
  const { attemptID, tokenIssuedAt, birth: ofAgent } = status.registration?.agent ?? {};
  if (attemptID === undefined) return false;
  if (ofAgent !== undefined) return ofAgent === birth;
  if (tokenIssuedAt === undefined) return false;
  return Math.abs(timeOf(droplet.createdAt) - timeOf(tokenIssuedAt)) <= clockSkewMs;
}
