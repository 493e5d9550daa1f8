import type { Drift, Note } from '../decide/decision.ts';
import type { Effect } from '../decide/effect.ts';
import type { BotRecord } from '../model/records.ts';
import { type Fault, PortError } from '../ports/port-error.ts';
import type { Engine } from './engine.ts';
import type { PassContext } from './pass.ts';

/** A cloud mutation failed for certain, or may have. */
export function tellFailure(
  context: PassContext,
  bot: BotRecord,
  effect: Effect,
  failure: { fault: Fault; message: string },
): void {
  const { engine, site } = context;
  if (failure.fault.kind === 'refused') engine.metrics.terminalError();
  // What is the matter with the token is told once, not for every bot.
  if (failure.fault.kind === 'unauthorised') site.note(new PortError(failure.fault, failure.message));
  else engine.log.warn({ bot: bot.key, effect: effect.kind, fault: failure.fault.kind }, failure.message);
}

/** Puts what happened to the bot into its history, the log and the metrics. */
export function tell(
  { engine }: PassContext,
  bot: BotRecord,
  notes: readonly Note[],
  drift: readonly Drift[],
): void {
  for (const note of notes) {
    engine.source.recordEvent({ key: bot.key, uid: bot.uid, ...note });
    const level = note.type === 'Warning' ? 'warn' : 'info';
    engine.log[level]({ bot: bot.key, reason: note.reason }, note.message);
    countDoubt(engine, bot, note);
  }
  for (const { kind, stage } of drift) {
    if (stage === 'found') engine.metrics.driftFound(kind);
    else engine.metrics.driftCorrected(kind);
  }
}

function countDoubt(engine: Engine, bot: BotRecord, note: Note): void {
  if (note.reason === 'CreateSettled') engine.metrics.createDoubt('settled');
  else if (note.reason === 'DropletFound' && bot.status.createAttempt) engine.metrics.createDoubt('found');
}
