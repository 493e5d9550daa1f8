import type { Drift, Note } from '../../decide/decision.ts';
import type { Effect } from '../../decide/effect.ts';
import type { BotRecord } from '../../model/records.ts';
import { type Fault, PortError } from '../../ports/port-error.ts';
import type { PassContext } from '../engine/pass.ts';
import type { EngineParts } from '../parts.ts';

/** A cloud mutation failed for certain, or may have. */
export function emitFailure(
  context: PassContext,
  bot: BotRecord,
  effect: Effect,
  failure: { fault: Fault; message: string },
): void {
  const { engine, site } = context;
  if (failure.fault.kind === 'refused') engine.metrics.terminalError();
  // A fault of the token is logged once, not for every bot.
  if (failure.fault.kind === 'unauthorised') site.note(new PortError(failure.fault, failure.message));
  else engine.log.warn({ bot: bot.key, effect: effect.kind, fault: failure.fault.kind }, failure.message);
}

/** Puts what happened to the bot into its history, the log and the metrics, once, however often it cannot be stored. */
export function emit(
  { engine, passEvents }: PassContext,
  bot: BotRecord,
  notes: readonly Note[],
  drift: readonly Drift[],
): void {
  for (const note of notes)
    if (passEvents.isNews(`${note.reason} ${note.message}`)) emitNote(engine, bot, note);
  for (const one of drift) if (passEvents.isNews(`drift ${one.kind} ${one.stage}`)) countDrift(engine, one);
}

function emitNote(engine: EngineParts, bot: BotRecord, note: Note): void {
  engine.source.recordEvent({ key: bot.key, uid: bot.uid, ...note });
  const level = note.type === 'Warning' ? 'warn' : 'info';
  engine.log[level]({ bot: bot.key, reason: note.reason }, note.message);
  countDoubt(engine, bot, note);
}

function countDrift({ metrics }: EngineParts, { kind, stage }: Drift): void {
  if (stage === 'found') metrics.driftFound(kind);
  else metrics.driftCorrected(kind);
}

function countDoubt(engine: EngineParts, bot: BotRecord, note: Note): void {
  if (note.reason === 'CreateSettled') engine.metrics.createDoubt('settled');
  else if (note.reason === 'DropletFound' && bot.status.createAttempt) engine.metrics.createDoubt('found');
}
