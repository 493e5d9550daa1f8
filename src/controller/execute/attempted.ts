import type { Outcome } from '../../decide/apply-outcome.ts';
import type { BotRecord } from '../../model/records.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { PortError } from '../../ports/port-error.ts';

export interface Execution {
  /** The record as stored just before the effect. */
  readonly bot: BotRecord;
  /** The status that the effect set out from, stored or not. */
  readonly status: BotStatus;
  readonly outcome: Outcome;
}

/** A PortError is an outcome; anything else is a fault of ours and ends the pass. */
export async function attempted(mutation: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await mutation();
  } catch (error) {
    if (error instanceof PortError) return { ok: false, fault: error.fault, message: error.message };
    throw error;
  }
}

export function mayHaveHappened(outcome: Outcome): boolean {
  return outcome.ok || outcome.fault.kind === 'doubtful';
}

/** The outcome of an effect that was not sent for `objection`. */
export function notSent(objection: string): Outcome & { readonly ok: false } {
  return { ok: false, fault: { kind: 'unavailable' }, message: `Not sent: ${objection}` };
}

/** An effect that is not carried out after all, with nothing stored. */
export function withheld(bot: BotRecord, status: BotStatus, objection: string): Execution {
  return { bot, status, outcome: notSent(objection) };
}
