import { omit } from '../../kit/pick.ts';
import { requestTag } from '../../model/birth.ts';
import type { BotStatus, Operation } from '../../model/spec/bot-status.ts';
import { dueRemediation, withRemediation, withRemediationSlot } from '../agent/remediation.ts';
import { atStep, beginOperation, endOperation } from '../operation.ts';
import { presenceOf } from '../presence/presence.ts';
import { retireDroplet } from '../presence/record-droplet.ts';
import {
  type Concern,
  normal,
  progressing,
  type Situation,
  type Verdict,
  type Waiting,
} from '../situation.ts';
import { isBootReplaced, withBootReplaced } from './boot.ts';
import { createObstacle } from './create-check.ts';
import { destroyAndWait, hindranceOf } from './destroy.ts';
import { replacementReasons } from './replacement.ts';

/** How long until an obstacle to a redeploy is checked again. */
const obstacleLookMs = 60_000;

/**
 * Why a redeploy is due: a new redeployRequest; under replacePolicy Automatic, a changed field or a boot that
 * hangs; or silence.
 */
interface Wish {
  readonly reason: string;
  readonly requestID?: string;
  /** It remedies the bot's silence. */
  readonly isRemediation?: boolean;
  /** It replaces a droplet that hangs in its boot. */
  readonly isBoot?: boolean;
}

function wishOf(situation: Situation): Wish | undefined {
  const { spec, status, wanted } = situation;
  const requestID = spec.redeployRequest;
  if (requestID !== undefined && requestID !== status.handledRequests?.redeploy)
    return { reason: `request ${requestID}`, requestID };
  if (status.operation || status.droplet?.status === 'archive') return undefined;
  const reasons = wanted.replacePolicy === 'Automatic' ? replacementReasons(situation) : [];
  if (reasons.length > 0) return { reason: reasons.join(', ') };
  if (isBootReplaced(situation)) return { reason: 'it hung in its boot', isBoot: true };
  return dueRemediation(situation) === 'Replace'
    ? { reason: 'its bot is silent', isRemediation: true }
    : undefined;
}

/**
 * Destroys the droplet and creates a new one. The create is checked first: nothing is destroyed for a create
 * that would be refused. While there is an obstacle, everything else goes on.
 */
export const redeploy: Concern = (situation) => {
  const wish = situation.status.operation?.type === 'Redeploy' ? undefined : wishOf(situation);
  if (!wish) return undefined;
  if (!situation.status.droplet || isAnswered(situation, wish)) return handled(situation, wish);
  if (situation.oldState) return undefined;
  const checked = checkCreate(situation);
  if (checked) return checked.look ? checked : undefined;
  if (wish.requestID !== undefined) return begin(situation, wish);
  const start = () => beginUnasked(situation, wish, situation.status.droplet?.id ?? 0);
  return wish.isRemediation ? withRemediationSlot(situation, 'Replace', start) : start();
};

/** Reports a redeploy that waits, once nothing else is left to do. */
export const blockedRedeploy: Concern = (situation) => {
  const { status } = situation;
  const wish = status.droplet && !status.operation && wishOf(situation);
  if (!wish) return undefined;
  const delay = delayOf(situation, wish);
  return delay ? held(situation, delay) : checkCreate(situation);
};

/** What delays this redeploy on the part of the whole fleet, or of the limit on destructions. */
function delayOf(situation: Situation, { requestID }: Wish): Waiting | undefined {
  const { oldState, status } = situation;
  if (oldState) return progressing(oldState.reason, oldState.message);
  return requestID === undefined && status.droplet
    ? hindranceOf(situation, status.droplet.id)?.waiting
    : undefined;
}

/** The live droplet was made for this very request, so a record that does not know that is old. */
function isAnswered({ recorded }: Situation, { requestID }: Wish): boolean {
  if (requestID === undefined || recorded.kind !== 'seen') return false;
  return recorded.droplet.tags.includes(requestTag(requestID));
}

/** Without a droplet there is nothing to destroy: the next one created answers the request. */
function handled({ status }: Situation, { requestID }: Wish): Verdict | undefined {
  if (requestID === undefined) return undefined;
  const handledRequests = { ...status.handledRequests, redeploy: requestID };
  return { status: { ...omit(status, 'replacements', 'refusal'), handledRequests }, again: true };
}

/** Nobody asked for this redeploy, so it takes a slot before anything is stored. */
function beginUnasked(situation: Situation, wish: Wish, dropletID: number): Verdict | undefined {
  const hindrance = hindranceOf(situation, dropletID);
  if (!hindrance) return begin(situation, wish);
  return hindrance.look ? hindrance : undefined;
}

function begin(situation: Situation, wish: Wish): Verdict {
  const { reason, requestID } = wish;
  const start = {
    type: 'Redeploy',
    step: 'Destroy',
    reason,
    ...(requestID !== undefined && { requestID }),
  } as const;
  const begun = {
    ...omit(beginOperation(situation, start), 'replacements', 'refusal', 'bootReplaced'),
    ...overtakenReboot(situation.status),
    placeHeld: true,
  };
  return {
    status: counted(situation, wish, begun),
    again: true,
    notes: [
      normal(
        'Redeploying',
        `Droplet ${situation.status.droplet?.id} is destroyed, and a new one created: ${reason}`,
      ),
    ],
  };
}

/** Counts what nobody asked for, so that it is not repeated endlessly. */
function counted(
  { now, status }: Situation,
  { isRemediation, isBoot, requestID }: Wish,
  begun: BotStatus,
): BotStatus {
  const isAgain = requestID === undefined && status.bootReplaced;
  const booted = isBoot || isAgain ? withBootReplaced(begun) : begun;
  return isRemediation ? withRemediation(booted, now) : booted;
}

/** A reboot that may have been sent already is not requested of the new droplet too. */
function overtakenReboot({ operation, handledRequests }: BotStatus): Pick<BotStatus, 'handledRequests'> {
  if (operation?.type !== 'Reboot' || operation.requestID === undefined) return {};
  return { handledRequests: { ...handledRequests, reboot: operation.requestID } };
}

/**
 * Checks the create before anything is destroyed for it: a read that this needs, or what stands in its way.
 */
function checkCreate(situation: Situation): Verdict | undefined {
  const { catalogue, offer, wanted } = situation;
  if (!catalogue) return { look: { kind: 'catalogue' } };
  if (!offer) {
    const { image, sshKeys, vpcUUID } = wanted;
    return { look: { kind: 'offer', image, sshKeys, ...(vpcUUID !== undefined && { vpcUUID }) } };
  }
  const obstacle = createObstacle(situation, catalogue, offer);
  return obstacle && held(situation, obstacle);
}

function held({ now }: Situation, obstacle: Waiting): Verdict {
  const waiting = { ...obstacle, message: `The redeploy waits: ${obstacle.message}` };
  return { waiting, requeueAt: now + obstacleLookMs };
}

/** Continues an open Redeploy until the old droplet is gone; it ends once the new one is on record. */
export function continueRedeploy(situation: Situation, operation: Operation): Verdict | undefined {
  const { status } = situation;
  if (operation.step === 'Create') return status.droplet ? finishRedeploy(situation, operation) : undefined;
  if (!status.droplet) return retire(situation, operation);
  const { id: dropletID } = status.droplet;
  const cause = operation.requestID === undefined ? 'Replacement' : 'Redeploy';
  const absent = presenceOf(situation, dropletID, () => retire(situation, operation));
  if (absent) return absent;
  const verdict = destroyAndWait(situation, { dropletID, cause, why: 'it is redeployed' });
  const isFirst = !situation.effects.some(({ signature }) => signature === `destroy ${dropletID}`);
  const obstacle = verdict.effect && isFirst ? checkCreate(situation) : undefined;
  return obstacle ?? verdict;
}

function retire(situation: Situation, operation: Operation): Verdict {
  const { status, spec } = situation;
  return {
    status: retireDroplet(atStep(situation, operation, 'Create'), spec.adopt?.dropletID),
    again: true,
    ...(status.droplet && { gone: [status.droplet.id] }),
  };
}

function finishRedeploy(situation: Situation, operation: Operation): Verdict {
  const { status } = situation;
  const handledRequests = {
    ...status.handledRequests,
    ...(operation.requestID !== undefined && { redeploy: operation.requestID }),
  };
  return {
    status: { ...endOperation(status), handledRequests },
    again: true,
    notes: [
      normal(
        'Redeployed',
        `The new droplet ${status.droplet?.id} was created (${operation.reason ?? 'redeploy'})`,
      ),
    ],
  };
}
