import { decide } from '../decide/decide.ts';
import type { Decision } from '../decide/decision.ts';
import type { ReportAnswer } from '../model/agent-report.ts';
import type { BotRecord } from '../model/records.ts';
import type { PassContext } from './engine/pass.ts';
import { answersOf } from './observe/collect-reports.ts';
import { decisionInput } from './observe/decision-input.ts';
import { read } from './observe/read.ts';
import { emit } from './report/emit.ts';

/** Reads and steps within one pass; more would be a loop. */
const mostSteps = 32;

/** A decision, and the record that it rests on as it is stored. */
export interface DecideResult {
  readonly stored: BotRecord;
  readonly decision: Decision;
}

/**
 * Decides until there is something to store or to do; what lies between is carried in memory alone. A record that is not
 * held yet is held before anything but a create: that one stores its attempt with the finalizer.
 */
export async function decideWithReads(context: PassContext, bot: BotRecord): Promise<DecideResult> {
  let stored = bot;
  let draft = bot;
  const answers: ReportAnswer[] = [];
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const input = decisionInput(context, draft);
    const decision = decide(input);
    if (decision.look) {
      await read(context, draft, decision.look);
      continue;
    }
    if (!stored.hasFinalizer && decision.effect?.kind !== 'create') {
      stored = await context.engine.source.addFinalizer(stored);
      draft = stored;
      continue;
    }
    answers.push(...answersOf(context, decision));
    emit(context, draft, decision.notes, decision.drift);
    for (const id of decision.gone ?? []) context.site.confirmGone(id);
    if (decision.lost) context.engine.holds.recreations.lost(stored.key);
    if (!decision.again) {
      context.engine.decisions.note(input, decision);
      return { stored, decision: { ...decision, answers } };
    }
    draft = { ...draft, status: decision.status };
  }
  throw new Error(`no conclusion after ${mostSteps} steps`);
}
