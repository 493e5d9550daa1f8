import type { Decision } from '../../decide/decision.ts';
import type { ReportAnswer } from '../../model/agent-report.ts';
import { type BotRecord, isEnding } from '../../model/records.ts';
import type { PendingReport } from '../agents/pending-reports.ts';
import type { PassContext } from '../engine/pass.ts';

/** What the agent reported, and its config as it would be now, become part of what the pass knows. */
export async function collectReports(
  context: PassContext,
  bot: BotRecord,
): Promise<readonly PendingReport[]> {
  const { agents } = context.engine;
  if (!agents) return [];
  const config = bot.spec && !isEnding(bot) ? await agents.configs.sight(bot) : undefined;
  const letters = agents.inbox.of(bot.key);
  context.knowledge.agent = { config, reports: letters.map(({ report }) => report) };
  return letters;
}

/** The reports are taken in: what is decided further in this pass rests on the status that they led to. */
export function answersOf({ knowledge }: PassContext, { answers }: Decision): readonly ReportAnswer[] {
  if (answers.length > 0) knowledge.agent = { ...knowledge.agent, reports: [] };
  return answers;
}
