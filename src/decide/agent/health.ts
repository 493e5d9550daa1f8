import { agentHashOf } from '../../model/agent-credentials.ts';
import { type BotRecord, isEnding } from '../../model/records.ts';
import { heartbeatTimeoutOf, powerStateOf, remediationOf } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { type ConditionStatus, conditionOf } from '../../model/spec/condition.ts';
import type { Hearing } from '../input.ts';
import {
  commandFor,
  isoOf,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Waiting,
} from '../situation.ts';
import { isNobodyHeard, isSilent } from './silence.ts';

interface HealthVerdict {
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** A heartbeat's time is written when health changes, otherwise this often. */
const writeEveryMs = 3_600_000;

type Listened = Pick<BotRecord, 'uid' | 'spec' | 'status' | 'deletion' | 'hasFinalizer'>;

/**
 * Whether heartbeats are expected: the agent is registered, on a droplet that runs and is not being changed.
 */
export function isListenedFor(bot: Listened): boolean {
  const { status, spec } = bot;
  // An agent may call before its droplet has been seen to be active.
  const isOn = status.droplet?.status === 'active' || status.droplet?.status === 'new';
  if (!spec || isEnding(bot) || status.operation || !isOn) return false;
  return powerStateOf(spec) === 'Running' && agentHashOf(bot) !== undefined;
}

function isExpected({ bot, spec, status }: Situation): boolean {
  return isListenedFor({ ...bot, spec, status });
}

/**
 * Whether the bot is alive, by what was heard of it. A verdict stands until a whole timeout has passed in
 * which this process could hear; silence is judged only while some bot is heard. HARD-CASES.md#silence.
 */
export function healthOf(situation: Situation): HealthVerdict | undefined {
  const { agent, spec } = situation;
  if (!agent) return undefined;
  if (!isExpected(situation)) return unknown('NotListenedFor', 'No heartbeat is expected of it now');
  const { sinceHeardMs, quietMs } = agent.hearing;
  const timeoutMs = heartbeatTimeoutOf(spec);
  if (sinceHeardMs !== undefined && sinceHeardMs < timeoutMs) return heard;
  const before = storedVerdict(situation);
  if (!isSilent(quietMs, timeoutMs)) return unheardYet(before);
  return silent(situation, agent.hearing, timeoutMs, before);
}

const heard: HealthVerdict = { status: 'True', reason: 'Heard', message: 'Its heartbeats arrive' };

function unknown(reason: string, message: string): HealthVerdict {
  return { status: 'Unknown', reason, message };
}

function unheardYet(before: HealthVerdict | undefined): HealthVerdict {
  if (before && before.status !== 'Unknown') return before;
  return unknown('NotHeardYet', 'No heartbeat yet; silence counts after a whole timeout');
}

function silent(
  { status }: Situation,
  { sinceAnyHeardMs }: Hearing,
  timeoutMs: number,
  before: HealthVerdict | undefined,
): HealthVerdict {
  if (before?.status === 'False') return before;
  const seconds = Math.round(timeoutMs / 1_000);
  if (isNobodyHeard(sinceAnyHeardMs, timeoutMs)) {
    const message = `No bot at all has been heard for ${seconds} s: they are silent, or cannot reach this controller`;
    return unknown('NobodyHeard', message);
  }
  const last =
    status.lastHeartbeatTime === undefined ? 'never heard' : `last heard ${status.lastHeartbeatTime}`;
  return {
    status: 'False',
    reason: 'HeartbeatStale',
    message: `No heartbeat for over ${seconds} s (${last})`,
  };
}

function storedVerdict({ status }: Situation): HealthVerdict | undefined {
  const stored = conditionOf(status, 'Healthy');
  return stored && { status: stored.status, reason: stored.reason, message: stored.message };
}

/** The status with the time of the last heartbeat, if it is due to be written. */
export function withHeartbeat(situation: Situation): BotStatus {
  const { agent, status, now } = situation;
  const since = agent?.hearing.sinceHeardMs;
  if (since === undefined || !isExpected(situation) || !isWriteDue(situation)) return status;
  return { ...status, lastHeartbeatTime: isoOf(now - since) };
}

function isWriteDue(situation: Situation): boolean {
  const { status, now } = situation;
  const { lastHeartbeatTime } = status;
  if (lastHeartbeatTime === undefined || now - timeOf(lastHeartbeatTime) >= writeEveryMs) return true;
  return storedVerdict(situation)?.status !== healthOf(situation)?.status;
}

/** When the time of a healthy bot's heartbeat is next written (epoch ms). */
export function nextHeartbeatWrite(situation: Situation): number | undefined {
  const { lastHeartbeatTime } = situation.status;
  if (lastHeartbeatTime === undefined || healthOf(situation)?.status !== 'True') return undefined;
  const soonest = situation.now + heartbeatTimeoutOf(situation.spec);
  return Math.max(soonest, timeOf(lastHeartbeatTime) + writeEveryMs);
}

/** Why a bot that is otherwise as declared does not count as healthy. */
export function healthWaiting(situation: Situation): Waiting | undefined {
  const health = healthOf(situation);
  if (!health || health.status === 'True') return undefined;
  const { reason, message } = health;
  const helpless = health.status === 'False' && remediationOf(situation.spec) === 'None';
  return helpless
    ? stalled(reason, `${message}: look into the droplet, or run ${commandFor(situation.bot, 'reboot')}`)
    : progressing(reason, message);
}
