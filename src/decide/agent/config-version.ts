import { agentHashOf } from '../../model/agent-credentials.ts';
import type { Report, ReportAnswer } from '../../model/agent-report.ts';
import type { BotStatus, ConfigRecord } from '../../model/spec/bot-status.ts';
import { isoOf, progressing, type Situation, type Waiting } from '../situation.ts';
import type { Receipt } from './enrolment.ts';

const mostIssued = 10;
const lookAgainMs = 30_000;

/**
 * The status with the config that follows from what is declared: another content is the next version, so that
 * a return to an old content must be acknowledged again. HARD-CASES.md#config-identity.
 */
export function withDesiredConfig({ status, agent, bot, now }: Situation): BotStatus {
  const config = agent?.config;
  if (config?.kind !== 'known' || bot.deletion) return status;
  const before = status.desiredConfig;
  const version = (before?.version ?? 0) + 1;
  if (before?.id === configID(before?.version ?? 0, config.hash)) return status;
  const id = configID(version, config.hash);
  return {
    ...status,
    desiredConfig: { id, version, since: isoOf(now) },
    issuedConfigs: [...(status.issuedConfigs ?? []), id].slice(-mostIssued),
  };
}

export function configID(version: number, hash: string): string {
  return `${version}-${hash}`;
}

/** Notes that the agent runs by a config, if that is the desired one. */
export function acknowledge(situation: Situation, report: Report & { kind: 'acknowledge' }): Receipt {
  const { status, bot, spec, now } = situation;
  const refusal = refusalOf(situation, report, agentHashOf({ uid: bot.uid, spec, status }));
  if (refusal) return { status, answer: refusal, notes: [] };
  const { desiredConfig, appliedConfig } = status;
  const answer = { kind: 'acknowledged' } as const;
  if (!desiredConfig || appliedConfig?.id === desiredConfig.id) return { status, answer, notes: [] };
  const { id, version } = desiredConfig;
  return { status: { ...status, appliedConfig: { id, version, since: isoOf(now) } }, answer, notes: [] };
}

function refusalOf(
  { status, bot }: Situation,
  { agentSHA256, configID: id }: Report & { kind: 'acknowledge' },
  agent: string | undefined,
): ReportAnswer | undefined {
  if (agent === undefined || agent !== agentSHA256) return { kind: 'refused', reason: 'unauthorised' };
  if (bot.deletion)
    return { kind: 'refused', reason: 'impossibleState', detail: 'The bot is being deleted.' };
  const { desiredConfig, issuedConfigs } = status;
  if (!desiredConfig || (desiredConfig.id !== id && !issuedConfigs?.includes(id)))
    return { kind: 'refused', reason: 'unknownConfig' };
  if (desiredConfig.id === id) return undefined;
  return { kind: 'refused', reason: 'staleConfig', desiredConfigID: desiredConfig.id };
}

/** Why the bot does not run by what is declared. */
export function configWaiting({ status, agent }: Situation): Waiting | undefined {
  if (agent?.config?.kind === 'problem') return agent.config;
  const { desiredConfig, appliedConfig } = status;
  if (!desiredConfig) return progressing('NoConfig', 'There is no config for the bot yet');
  if (appliedConfig?.id === desiredConfig.id) return undefined;
  return progressing('ConfigPending', pendingMessage(desiredConfig, appliedConfig));
}

/**
 * When a secret that cannot be read at present is read again (epoch ms); the source reports when a missing
 * one appears.
 */
export function nextConfigLook({ agent, now }: Situation): number | undefined {
  const config = agent?.config;
  return config?.kind === 'problem' && !config.stalled ? now + lookAgainMs : undefined;
}

function pendingMessage(desired: ConfigRecord, applied: ConfigRecord | undefined): string {
  const now = applied ? `it runs by version ${applied.version}` : 'it has acknowledged none yet';
  return `The bot has yet to fetch and acknowledge config version ${desired.version}; ${now}`;
}
