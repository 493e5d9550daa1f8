import type { BotStatus, Operation } from '../../model/spec/bot-status.ts';
import type { CloudAction, Droplet } from '../../ports/cloud.ts';
import { dueRemediation, withRemediation, withRemediationSlot } from '../agent/remediation.ts';
import { windowHasPassed } from '../attempt.ts';
import type { Note } from '../decision.ts';
import { beginOperation, endOperation } from '../operation.ts';
import { type Concern, isoOf, normal, progressing, type Situation, type Verdict } from '../situation.ts';
import { seenDroplet } from './power.ts';

/** Claims a new rebootRequest, then sends it once; a bot without a running droplet has nothing to reboot. */
export const reboot: Concern = (situation) => {
  const { spec, status } = situation;
  const request = spec.rebootRequest;
  if (request === undefined || request === status.handledRequests?.reboot || status.operation)
    return rebootSilentBot(situation);
  const droplet = seenDroplet(situation);
  if (droplet?.status === 'new') return undefined;
  if (droplet?.status !== 'active') return notApplicable(status, request);
  return claim(situation, droplet, { requestID: request });
};

/**
 * Stores with the claim which reboots the cloud shows already, so that the one carried out for it is recognised.
 */
function claim(
  situation: Situation,
  { id }: Droplet,
  why: Pick<Operation, 'requestID'> | Pick<Operation, 'reason'>,
): Verdict {
  if (!situation.actions) return { look: { kind: 'actions', dropletID: id } };
  const knownActionIDs = rebootsOf(situation.actions);
  const start = { type: 'Reboot', step: 'Reboot', ...why, knownActionIDs } as const;
  return { status: beginOperation(situation, start), ...sendReboot(id) };
}

function rebootsOf(actions: readonly CloudAction[]): number[] {
  return actions.filter(({ type }) => type === 'reboot').map(({ id }) => id);
}

function rebootSilentBot(situation: Situation): Verdict | undefined {
  const droplet = seenDroplet(situation);
  if (droplet?.status !== 'active' || dueRemediation(situation) !== 'Reboot') return undefined;
  return withRemediationSlot(situation, 'Reboot', () => {
    const claimed = claim(situation, droplet, { reason: 'its bot is silent' });
    return claimed.status ? { ...claimed, status: withRemediation(claimed.status, situation.now) } : claimed;
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

/** The status once the request, or the reboot that nobody requested, has been carried out. */
export function rebootHandled(status: BotStatus, request: string | undefined): BotStatus {
  if (request === undefined) return endOperation(status);
  return { ...endOperation(status), handledRequests: { ...status.handledRequests, reboot: request } };
}

/**
 * A claim whose POST may or may not have left. A reboot that was not there before the claim counts as done;
 * if there is none once the settling window has passed, the POST is sent again. No times are compared.
 */
export function continueReboot(situation: Situation, operation: Operation): Verdict {
  const droplet = seenDroplet(situation);
  const request = operation.requestID;
  if (droplet?.status !== 'active') return notApplicable(situation.status, request);
  if (situation.attempt?.unsent) return sendReboot(droplet.id);
  if (!situation.actions) return { look: { kind: 'actions', dropletID: droplet.id } };
  // A claim of an earlier release names none, so any reboot counts as its own.
  const known = operation.knownActionIDs ?? [];
  const done = rebootsOf(situation.actions).some((id) => !known.includes(id));
  if (done)
    return {
      status: rebootHandled(situation.status, request),
      again: true,
      notes: [rebooted(droplet.id, operation)],
    };
  return waitOrSend(situation, operation, droplet.id);
}

/** Renews the claim first, so that a second POST that is lost is waited for like the first. */
function claimedAnew({ status, now }: Situation, operation: Operation): BotStatus {
  return { ...status, operation: { ...operation, stepAt: isoOf(now) } };
}

function waitOrSend(situation: Situation, operation: Operation, dropletID: number): Verdict {
  if (windowHasPassed(situation.attempt))
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
