import type { BotStatus, Operation } from '../model/bot-status.ts';
import { isSettled } from './attempt.ts';
import type { Note } from './decision.ts';
import { beginOperation, endOperation } from './operation.ts';
import { seenDroplet } from './power.ts';
import { dueRemedy, withRemedy, withRemedySlot } from './remedy.ts';
import {
  type Concern,
  isoOf,
  normal,
  progressing,
  type Situation,
  timeOf,
  type Verdict,
} from './situation.ts';

/** Our clock and the cloud's may differ by this much when an action is matched with our claim. */
const clockSkewMs = 5_000;

/** A new rebootRequest is claimed, then sent once; a droplet that is off, or none, has nothing to reboot. */
export const reboot: Concern = (situation) => {
  const { spec, status } = situation;
  const request = spec.rebootRequest;
  if (request === undefined || request === status.handledRequests?.reboot || status.operation)
    return remedyByReboot(situation);
  const droplet = seenDroplet(situation);
  if (droplet?.status === 'new') return undefined;
  if (droplet?.status !== 'active') return notApplicable(status, request);
  return {
    status: beginOperation(situation, { type: 'Reboot', step: 'Reboot', requestID: request }),
    ...sendReboot(droplet.id),
  };
};

function remedyByReboot(situation: Situation): Verdict | undefined {
  const droplet = seenDroplet(situation);
  if (droplet?.status !== 'active' || dueRemedy(situation) !== 'Reboot') return undefined;
  return withRemedySlot(situation, 'Reboot', () => {
    const reason = 'its bot is silent';
    const status = beginOperation(situation, { type: 'Reboot', step: 'Reboot', reason });
    return { status: withRemedy(status, situation.now), ...sendReboot(droplet.id) };
  });
}

function notApplicable(status: BotStatus, request: string | undefined): Verdict {
  const what = request === undefined ? 'the reboot of a silent bot' : `request ${request}`;
  return {
    status: rebootHandled(status, request),
    again: true,
    notes: [
      normal('RebootNotApplicable', `There is no running droplet to reboot; ${what} counts as handled`),
    ],
  };
}

function sendReboot(dropletID: number): Verdict {
  return {
    effect: { kind: 'act', dropletID, request: { type: 'reboot' } },
    waiting: progressing('Rebooting', `Droplet ${dropletID} is being rebooted`),
    watch: dropletID,
  };
}

/** The status once the request was carried out, or the reboot that nobody requested. */
export function rebootHandled(status: BotStatus, request: string | undefined): BotStatus {
  if (request === undefined) return endOperation(status);
  return { ...endOperation(status), handledRequests: { ...status.handledRequests, reboot: request } };
}

/**
 * A claim whose POST may or may not have left: an action of that type begun since the claim counts as done, else
 * the POST is sent again once the settling window has passed.
 */
export function continueReboot(situation: Situation, operation: Operation): Verdict {
  const droplet = seenDroplet(situation);
  const request = operation.requestID;
  if (droplet?.status !== 'active') return notApplicable(situation.status, request);
  if (!situation.actions) return { look: { kind: 'actions', dropletID: droplet.id } };
  const since = timeOf(operation.stepAt) - clockSkewMs;
  const done = situation.actions.some(
    (action) => action.type === 'reboot' && timeOf(action.startedAt) >= since,
  );
  if (done)
    return {
      status: rebootHandled(situation.status, request),
      again: true,
      notes: [rebooted(droplet.id, operation)],
    };
  return waitOrSend(situation, operation, droplet.id);
}

/** With a claim of its own, a second POST that is lost is waited for as the first one was. */
function claimedAnew({ status, now }: Situation, operation: Operation): BotStatus {
  return { ...status, operation: { ...operation, stepAt: isoOf(now) } };
}

function waitOrSend(situation: Situation, operation: Operation, dropletID: number): Verdict {
  if (isSettled(situation.attempt))
    return { status: claimedAnew(situation, operation), ...sendReboot(dropletID) };
  const message = `Whether droplet ${dropletID} was rebooted is not known; its actions are read until the settling window ends`;
  const left = situation.settlingWindowMs - (situation.attempt?.elapsedMs ?? 0);
  return {
    waiting: progressing('RebootInDoubt', message),
    requeueAt: situation.now + Math.max(1_000, Math.min(15_000, left)),
  };
}

export function rebooted(dropletID: number, { requestID, reason }: Operation): Note {
  const why = requestID === undefined ? reason : `asked for by request ${requestID}`;
  return normal('Rebooted', `Droplet ${dropletID} was rebooted${why === undefined ? '' : `: ${why}`}`);
}
