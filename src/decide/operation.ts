import { omit } from '../kit/pick.ts';
import type { BotStatus, Operation } from '../model/spec/bot-status.ts';
import { isoOf, type Situation } from './situation.ts';

type Start = Pick<Operation, 'type' | 'step'> &
  Partial<Pick<Operation, 'requestID' | 'size' | 'reason' | 'knownActionIDs'>>;

/** The status with an operation begun; stored before its first effect. */
export function beginOperation(situation: Situation, start: Start): BotStatus {
  const at = isoOf(situation.now);
  return { ...situation.status, operation: { ...start, startedAt: at, stepAt: at } };
}

/** The status with the open operation at its next step; stored before that step's effect. */
export function atStep(situation: Situation, operation: Operation, step: Operation['step']): BotStatus {
  if (operation.step === step) return situation.status;
  const rest = omit(operation, 'actionID');
  return {
    ...omit(situation.status, 'refusedOrder'),
    operation: { ...rest, step, stepAt: isoOf(situation.now) },
  };
}

export function endOperation(status: BotStatus): BotStatus {
  return omit(status, 'operation', 'refusedOrder');
}
