import { problemText } from '../../model/problem.ts';
import type { BotRecord } from '../../model/records.ts';
import type { DropletRecord } from '../../model/spec/bot-status.ts';
import { ageSince } from '../text/age.ts';
import { formatUSD } from '../text/money.ts';
import { type Field, fieldLines, section } from '../text/sections.ts';
import { renderTable } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';
import { isUnseen, messageOf, phaseOf, readyOf, reasonOf, styleOf } from './bot-view.ts';
import { specLines } from './describe-spec.ts';
import { eventLines, type ReadEvents, underWayLines } from './describe-under-way.ts';

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

/** Nothing of a bot whose control plane serves no bot API. */
function agentLines({ status }: BotRecord, now: number): string[] {
  const { registration, bootstrap, desiredConfig, appliedConfig, lastHeartbeatTime, remediations } = status;
  if (!desiredConfig) return [];
  const since = (time: string | undefined) => time && `${time} (${ageSince(time, now)} ago)`;
  const config = ({ version, id }: typeof desiredConfig) => `version ${version} (${id})`;
  return fieldLines(
    [
      ['Registered', since(registration?.agent?.registeredAt)],
      ['Bootstrap', bootstrap?.running ? 'at work' : undefined],
      ['Bootstrap failed', bootstrap?.failedSteps.join(', ') || undefined],
      ['Config desired', `${config(desiredConfig)}, for ${ageSince(desiredConfig.since, now)}`],
      [
        'Config applied',
        appliedConfig && `${config(appliedConfig)}, for ${ageSince(appliedConfig.since, now)}`,
      ],
      ['Last heard', lastHeartbeatTime && `${since(lastHeartbeatTime)}; written at most hourly`],
      [
        'Remedies',
        remediations && `${remediations.count}, the last one ${ageSince(remediations.lastAt, now)} ago`,
      ],
    ],
    '  ',
  );
}

function dropletLines(droplet: DropletRecord | undefined, now: number): string[] {
  if (!droplet) return ['  none'];
  return fieldLines(
    [
      ['ID', String(droplet.id)],
      ['Name', droplet.name],
      ['Status', droplet.seen ? droplet.status : `${droplet.status} (not seen since its create)`],
      ['Public IPv4', droplet.publicIPv4],
      ['Region', droplet.region],
      ['Size', `${droplet.size}, ${formatUSD(droplet.priceMonthlyUSD)} a month`],
      ['Image', droplet.image],
      ['Created', `${droplet.createdAt} (${ageSince(droplet.createdAt, now)} ago)`],
      ['Origin', droplet.origin === 'Adopted' ? 'adopted' : undefined],
      ['Cloud', `${droplet.cloud.apiURL}, account ${droplet.cloud.accountUUID}`],
    ],
    '  ',
  );
}
