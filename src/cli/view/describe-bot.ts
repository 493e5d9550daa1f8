import { problemText } from '../../model/problem.ts';
import type { BotRecord } from '../../model/records.ts';
import { ageSince } from '../text/age.ts';
import type { Paint } from '../text/paint.ts';
import { type Field, fieldLines, section } from '../text/sections.ts';
import { renderTable } from '../text/table.ts';
import { isUnseen, messageOf, phaseOf, readyOf, reasonOf, styleOf } from './bot-view.ts';
import { agentLines } from './describe-agent.ts';
import { dropletLines } from './describe-droplet.ts';
import { eventLines, type ReadEvents } from './describe-events.ts';
import { specLines } from './describe-spec.ts';
import { underWayLines } from './describe-under-way.ts';

/** Everything known about a bot, for people. `now` is epoch milliseconds. */
export function describeBot(bot: BotRecord, events: ReadEvents, now: number, paint: Paint): string {
  return [
    ...headLines(bot, now, paint),
    ...section(
      'Problems',
      bot.problems.map((problem) => `  ${problemText(problem)}`),
      paint,
    ),
    ...section('Declared', specLines(bot), paint),
    ...section('Droplet', dropletLines(bot.status.droplet, now), paint),
    ...section('Agent', agentLines(bot, now), paint),
    ...section('Under way', underWayLines(bot, now), paint),
    ...section('Conditions', conditionLines(bot, now, paint), paint),
    ...section('Events', eventLines(bot.uid, events, now, paint), paint),
  ].join('\n');
}

function headLines(bot: BotRecord, now: number, paint: Paint): string[] {
  const reason = reasonOf(bot);
  const ready = reason ? `${readyOf(bot)} (${reason})` : readyOf(bot);
  const fields: Field[] = [
    ['Name', bot.name],
    ['Namespace', bot.namespace],
    ['UID', bot.uid],
    ['Declared in', bot.origin],
    ['Created', `${bot.createdAt} (${ageSince(bot.createdAt, now)} ago)`],
    ['Generation', generationText(bot)],
    ['Deletion', deletionText(bot, now)],
    ['Phase', phaseOf(bot)],
    ['Ready', ready, styleOf(bot)],
    ['Message', messageOf(bot)],
  ];
  return fieldLines(fields, '', paint);
}

function generationText(bot: BotRecord): string {
  if (!isUnseen(bot)) return String(bot.generation);
  return `${bot.generation}, of which ${bot.status.observedGeneration} was looked at: no controller has seen the last edit`;
}

function deletionText({ deletion }: BotRecord, now: number): string | undefined {
  if (!deletion) return undefined;
  const why = deletion.implicit ? 'it is no longer declared' : 'asked for';
  return `since ${ageSince(deletion.requestedAt, now)}: ${why}`;
}

function conditionLines(bot: BotRecord, now: number, paint: Paint): string[] {
  const conditions = bot.status.conditions ?? [];
  if (conditions.length === 0) return [];
  const columns = [
    { header: 'TYPE', cell: (condition: (typeof conditions)[number]) => condition.type },
    { header: 'STATUS', cell: (condition: (typeof conditions)[number]) => condition.status },
    { header: 'REASON', cell: (condition: (typeof conditions)[number]) => condition.reason },
    {
      header: 'SINCE',
      cell: (condition: (typeof conditions)[number]) => ageSince(condition.lastTransitionTime, now),
    },
    { header: 'MESSAGE', cell: (condition: (typeof conditions)[number]) => condition.message },
  ];
  return renderTable(columns, conditions, { paint, indent: '  ' }).split('\n');
}
