import { decide } from '../decide/decide.ts';
import type { Decision } from '../decide/decision.ts';
import type { ReportAnswer } from '../model/agent-report.ts';
import { type BotRecord, isEnding } from '../model/records.ts';
import type { PendingReport } from './agents/pending-reports.ts';
import type { PassContext } from './engine/pass.ts';
import { decisionInput } from './observe/decision-input.ts';
import { read } from './observe/read.ts';
import { emit } from './report/emit.ts';

/** Reads and steps within one pass; more would be a loop. */
const mostSteps = 32;

/** A decision, and what it rests on. */
export interface DecideResult {
  /** The bot's record as stored. */
  readonly stored: BotRecord;
  readonly decision: Decision;
  /** The agent's reports that `decision.answers` answers, in the same order. */
  readonly reports: readonly PendingReport[];
}

/**
 * Decides until there is something to store or to do; the steps between are carried in memory alone. A record
 * without the finalizer gets it before anything but a create, which stores its attempt with the finalizer.
 */
export async function decideWithReads(context: PassContext, bot: BotRecord): Promise<DecideResult> {
  const reports = await collectReports(context, bot);
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
    passOn(context, draft, decision);
    if (!decision.again) {
      context.engine.decisions.note(input, decision);
      return { stored, decision: { ...decision, answers }, reports };
    }
    draft = { ...draft, status: decision.status };
  }
  throw new Error(`no conclusion after ${mostSteps} steps`);
}

/** Adds the agent's reports, and its config as it would be now, to what the pass knows. */
async function collectReports(context: PassContext, bot: BotRecord): Promise<readonly PendingReport[]> {
  const { agents } = context.engine;
  if (!agents) return [];
  const config = bot.spec && !isEnding(bot) ? await agents.configs.observe(bot) : undefined;
  const pending = agents.reports.of(bot.key);
  context.knowledge.agent = { config, reports: pending.map(({ report }) => report) };
  return pending;
}

/** Each report is answered once: later decisions of this pass rest on the status that it led to. */
function answersOf({ knowledge }: PassContext, { answers }: Decision): readonly ReportAnswer[] {
  if (answers.length > 0) knowledge.agent = { ...knowledge.agent, reports: [] };
  return answers;
}

/** Passes on what the decision found out, whether or not it is the last one of the pass. */
function passOn(context: PassContext, bot: BotRecord, decision: Decision): void {
  emit(context, bot, decision.notes, decision.drift);
  for (const id of decision.gone ?? []) context.site.confirmGone(id);
  if (decision.lost) context.engine.holds.recreations.lost(bot.key);
}
