import { decide } from '../decide/decide.ts';
import type { Decision } from '../decide/decision.ts';
import type { ReportAnswer } from '../model/agent-report.ts';
import type { BotRecord } from '../model/records.ts';
import type { PassContext } from './engine/pass.ts';
import { takenIn } from './observe/agent-pass.ts';
import { inputOf } from './observe/input-of.ts';
import { look } from './observe/look.ts';
import { tell } from './report/tell.ts';

/** Reads and steps within one pass; more would be a loop. */
const mostSteps = 32;

/** A decision, and the record that it rests on as it is stored. */
export interface Conclusion {
  readonly stored: BotRecord;
  readonly decision: Decision;
}

/**
 * Decides until there is something to store or to do; what lies between is carried in memory alone. A record that is not
 * held yet is held before anything but a create: that one stores its attempt with the finalizer.
 */
export async function conclusion(context: PassContext, bot: BotRecord): Promise<Conclusion> {
  let stored = bot;
  let draft = bot;
  const answers: ReportAnswer[] = [];
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const input = inputOf(context, draft);
    const decision = decide(input);
    if (decision.look) {
      await look(context, draft, decision.look);
      continue;
    }
    if (!stored.held && decision.effect?.kind !== 'create') {
      stored = await context.engine.source.hold(stored);
      draft = stored;
      continue;
    }
    answers.push(...takenIn(context, decision));
    tell(context, draft, decision.notes, decision.drift);
    for (const id of decision.gone ?? []) context.site.bury(id);
    if (decision.lost) context.engine.keeper.recreations.lost(stored.key);
    if (!decision.again) {
      context.engine.decisions.note(input, decision);
      return { stored, decision: { ...decision, answers } };
    }
    draft = { ...draft, status: decision.status };
  }
  throw new Error(`no conclusion after ${mostSteps} steps`);
}
