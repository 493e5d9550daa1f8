import { backOffMs } from '../kit/back-off.ts';
import { omit } from '../kit/pick.ts';
import { birthOfTags } from '../model/birth.ts';
import type { CreateAttempt } from '../model/spec/bot-status.ts';
import type { Droplet } from '../ports/cloud.ts';
import { hasRegistered, withoutTokenOf } from './agent/enrolment.ts';
import type { AttemptWatch } from './input.ts';
import { provenanceOf, recordDroplet } from './presence/record-droplet.ts';
import { siblingsOf } from './presence/siblings.ts';
import { type Concern, normal, progressing, type Situation, timeOf, type Verdict } from './situation.ts';

/** How far our clock and the cloud's may differ when "created before the attempt" is judged. */
export const clockSkewMs = 60_000;
const firstLookMs = 1_000;
const longestLookMs = 15_000;

/**
 * A create whose outcome is not recorded. The droplet is searched for by name until it is found, or until the
 * settling window has passed with two whole searches, the last one begun after its end; only then was it
 * certainly not created. HARD-CASES.md#the-attempt.
 */
export const attempt: Concern = (situation) => {
  const open = situation.status.createAttempt;
  if (!open) return undefined;
  const found = candidates(situation, open)[0];
  if (found) return recordFound(situation, open, found);
  const isMissing = windowHasPassed(situation.attempt) && !hasRegistered(situation, open.id);
  if (isMissing && !mayBeFound(situation, open)) return withdraw(situation);
  return search(situation);
};

/** Judged by its birth; before births were counted, by its time. */

function candidates(situation: Situation, open: CreateAttempt): Droplet[] {
  const earliest = timeOf(open.storedAt) - clockSkewMs;
  const isOf = (droplet: Droplet) =>
    open.birth === undefined
      ? !open.knownDropletIDs.includes(droplet.id) && timeOf(droplet.createdAt) >= earliest
      : birthOfTags(droplet.tags) === open.birth;
  return situation.others
    .filter(({ miss }) => !miss)
    .map((other) => other.droplet)
    .filter(isOf)
    .sort((a, b) => timeOf(a.createdAt) - timeOf(b.createdAt) || a.id - b.id);
}

/** A droplet with this bot's name whose tags have not come yet may be what the attempt created. */
function mayBeFound(situation: Situation, { knownDropletIDs }: CreateAttempt): boolean {
  return siblingsOf(situation).some(
    ({ kind, droplet }) => kind === 'unjudged' && !knownDropletIDs.includes(droplet.id),
  );
}

function recordFound(situation: Situation, open: CreateAttempt, droplet: Droplet): Verdict {
  return {
    status: recordDroplet(situation.status, droplet, {
      ...provenanceOf(open),
      ...(situation.cloud.identity && { cloud: situation.cloud.identity }),
    }),
    again: true,
    notes: [normal('DropletFound', `The create in doubt had happened: droplet ${droplet.id} is this bot’s`)],
  };
}

export function windowHasPassed(watch: AttemptWatch | undefined): boolean {
  if (!watch) return false;
  return watch.unsent ?? (watch.lookUps >= 2 && watch.lookedAfterWindow);
}

/** If a droplet turns up all the same, its agent may register, as long as no other has. */
function withdraw(situation: Situation): Verdict {
  const { status, agent, attempt: watch } = situation;
  const why = watch?.unsent ? 'it was never sent' : 'no droplet turned up within the settling window';
  return {
    status: omit(agent ? status : withoutTokenOf(status, status.createAttempt?.id), 'createAttempt'),
    again: true,
    notes: [normal('CreateSettled', `The create in doubt did not happen: ${why}`)],
  };
}

/** Searches by name now, or says when: after 1, 2, 4 … 15 s, and once when the window ends. */
export function search(situation: Situation): Verdict {
  const watch = situation.attempt;
  const waitMs = watch ? msToNextLook(watch, situation.settlingWindowMs) : 0;
  if (waitMs <= 0) return { look: { kind: 'name' } };
  const endsIn = Math.max(0, situation.settlingWindowMs - (watch?.elapsedMs ?? 0));
  const until = new Date(situation.now + endsIn).toISOString();
  return {
    waiting: progressing(
      'CreateInDoubt',
      `Whether the droplet was created is not known; looking for it by name until ${until}`,
    ),
    requeueAt: situation.now + waitMs,
  };
}

function msToNextLook(watch: AttemptWatch, windowMs: number): number {
  if (watch.sinceLastLookMs === undefined) return 0;
  const interval = backOffMs(watch.lookUps, firstLookMs, longestLookMs);
  const toInterval = interval - watch.sinceLastLookMs;
  const toEnd = windowMs - watch.elapsedMs;
  if (toEnd > 0) return Math.min(toInterval, toEnd);
  return watch.lookedAfterWindow ? toInterval : 0;
}
