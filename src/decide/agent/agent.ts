import type { Report, ReportAnswer } from '../../model/agent-report.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Note } from '../decision.ts';
import type { Situation, Waiting } from '../situation.ts';
import { bootstrapWaiting, nextBootstrapLook, withBootstrap } from './bootstrap.ts';
import { acknowledge, configWaiting, nextConfigLook, withDesiredConfig } from './config-version.ts';
import { enrol, enrolmentWaiting, expiryOf, isRegistered, withTokenLives } from './enrolment.ts';
import { healthWaiting, nextHeartbeatWrite, withHeartbeat } from './health.ts';
import { nextRemediationCheck } from './remediation.ts';

/** The situation once everything about the bot's agent has been taken in. */
interface Received {
  readonly situation: Situation;
  /** One for each report, in their order. */
  readonly answers: readonly ReportAnswer[];
  readonly notes: readonly Note[];
}

/**
 * Takes in what the agent reported and what it should run by. Runs before all concerns and independently of
 * them: whatever hinders the droplet, its agent gets an answer.
 */
export function receive(start: Situation): Received {
  if (!start.agent) return { situation: start, answers: [], notes: [] };
  let situation = advanced(start, withTokenLives, withBootstrap, withDesiredConfig);
  const answers: ReportAnswer[] = [];
  const notes: Note[] = [];
  for (const report of start.agent.reports) {
    const receipt = receiptOf(situation, report);
    situation = { ...situation, status: receipt.status };
    answers.push(receipt.answer);
    notes.push(...receipt.notes);
  }
  return { situation: advanced(situation, withHeartbeat), answers, notes };
}

type Step = (situation: Situation) => BotStatus;

function advanced(start: Situation, ...steps: readonly Step[]): Situation {
  let situation = start;
  for (const step of steps) situation = { ...situation, status: step(situation) };
  return situation;
}

function receiptOf(situation: Situation, report: Report) {
  return report.kind === 'register' ? enrol(situation, report) : acknowledge(situation, report);
}

/**
 * Why a bot that is otherwise as declared is not Ready yet; only a Running one has an agent to speak for it.
 */
export function agentWaiting(situation: Situation): Waiting | undefined {
  const { agent, running, status, bot } = situation;
  if (!agent || !running || !status.droplet || bot.deletion) return undefined;
  return (
    enrolmentWaiting(situation) ??
    // Before the config, which a droplet without its base packages never fetches.
    bootstrapWaiting(situation) ??
    configWaiting(situation) ??
    healthWaiting(situation)
  );
}

/** When the agent's affairs are checked again if nothing changes (epoch ms). */
export function agentLookAt(situation: Situation): number | undefined {
  if (!situation.agent || situation.bot.deletion) return undefined;
  const times = isRegistered(situation)
    ? [nextHeartbeatWrite(situation), nextRemediationCheck(situation), nextBootstrapLook(situation)]
    : [expiryOf(situation)];
  return earliest([...times, nextConfigLook(situation)]);
}

export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
