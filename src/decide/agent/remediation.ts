import { remediationOf } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Remediation } from '../effect.ts';
import { isoOf, type Situation, timeOf, type Verdict } from '../situation.ts';
import { healthOf } from './health.ts';
import { leastRemediableMs } from './silence.ts';

/**
 * A silent bot is rebooted or replaced at once, then after 10, then after 30 minutes, then not before a day
 * has passed.
 */
const backoffMs = [0, 600_000, 1_800_000];
const memoryMs = 86_400_000;
/** How long until what hinders a remediation is checked again. */
const lookAgainMs = 60_000;

/**
 * What to do now about the bot's silence, if anything, within the limits of HARD-CASES.md#remedies. It takes
 * a slot as well: `withRemediationSlot`.
 */
export function dueRemediation(situation: Situation): Remediation | undefined {
  const { spec, agent, status, now } = situation;
  const remediation = remediationOf(spec);
  if (remediation === 'None' || !agent || status.operation || agent.hearing.silentTogether) return undefined;
  if (situation.incident ?? situation.oldState) return undefined;
  if (healthOf(situation)?.status !== 'False' || now < nextTryAt(situation)) return undefined;
  if (agent.hearing.quietMs < leastRemediableMs) return undefined;
  return remediation;
}

/** `begin` once a slot for the remediation is taken; undefined while there is none. */
export function withRemediationSlot(
  { slots }: Situation,
  remediation: Remediation,
  begin: () => Verdict | undefined,
): Verdict | undefined {
  if (!slots.remediation) return { look: { kind: 'slot', slot: 'remediation', remediation } };
  return slots.remediation.admitted ? begin() : undefined;
}

/** When the next remediation may be tried (epoch ms). */
function nextTryAt({ status, now }: Situation): number {
  const { remediations } = status;
  const tried = triesOf(status, now);
  if (!remediations || tried === 0) return now;
  return timeOf(remediations.lastAt) + (backoffMs[tried] ?? memoryMs);
}

/** The status with one more remediation counted; they are forgotten a day after the last one. */
export function withRemediation(status: BotStatus, now: number): BotStatus {
  return { ...status, remediations: { count: triesOf(status, now) + 1, lastAt: isoOf(now) } };
}

function triesOf({ remediations }: BotStatus, now: number): number {
  if (!remediations || now >= timeOf(remediations.lastAt) + memoryMs) return 0;
  return remediations.count;
}

/** When a silent bot is next checked for a remediation (epoch ms); undefined if none is declared. */
export function nextRemediationCheck(situation: Situation): number | undefined {
  if (remediationOf(situation.spec) === 'None' || healthOf(situation)?.status !== 'False') return undefined;
  return Math.max(situation.now + lookAgainMs, nextTryAt(situation));
}
