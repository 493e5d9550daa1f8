import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { Remediation } from '../effect.ts';
import { isoOf, type Situation, timeOf, type Verdict } from '../situation.ts';
import { healthOf } from './health.ts';

/** A silent bot is remedied at once, then after 10, then after 30 minutes, and no more before a day has passed. */
const backoffMs = [0, 600_000, 1_800_000];
const memoryMs = 86_400_000;
/** Whatever hinders a remedy is looked at again after this. */
const lookAgainMs = 60_000;
/**
 * With a short timeout a bot counts as silent sooner than a droplet may be rebooted or replaced for it: its last beat may be
 * 30 s older than an outage, of which 40 s count as silence, and whoever comes back may take 30 s for it.
 */
const leastSilenceMs = 100_000;

/**
 * What is to be done about the bot's silence now, if anything, within the limits of HARD-CASES.md#remedies. It also
 * takes a slot: `withRemedySlot`.
 */
export function dueRemedy(situation: Situation): Remediation | undefined {
  const { spec, agent, status, now } = situation;
  const remedy = spec.health?.remediation ?? 'None';
  if (remedy === 'None' || !agent || status.operation || agent.hearing.silentTogether) return undefined;
  if (situation.incident ?? situation.oldState) return undefined;
  if (healthOf(situation)?.status !== 'False' || now < nextTryAt(situation)) return undefined;
  if (agent.hearing.quietMs < leastSilenceMs) return undefined;
  return remedy;
}

/** `begin` once a slot for the remedy is taken; undefined while there is none. */
export function withRemedySlot(
  { slots }: Situation,
  remedy: Remediation,
  begin: () => Verdict | undefined,
): Verdict | undefined {
  if (!slots.remedy) return { look: { kind: 'slot', slot: 'remedy', remedy } };
  return slots.remedy.admitted ? begin() : undefined;
}

/** When the next remedy may be tried (epoch ms). */
function nextTryAt({ status, now }: Situation): number {
  const { remediations } = status;
  const tried = triesOf(status, now);
  if (!remediations || tried === 0) return now;
  return timeOf(remediations.lastAt) + (backoffMs[tried] ?? memoryMs);
}

/** The status with one more remedy counted; they are forgotten a day after the last one. */
export function withRemedy(status: BotStatus, now: number): BotStatus {
  return { ...status, remediations: { count: triesOf(status, now) + 1, lastAt: isoOf(now) } };
}

function triesOf({ remediations }: BotStatus, now: number): number {
  if (!remediations || now >= timeOf(remediations.lastAt) + memoryMs) return 0;
  return remediations.count;
}

/** When a silent bot is looked at again for a remedy (epoch ms); undefined when none is wished. */
export function nextRemedyLook(situation: Situation): number | undefined {
  const remedy = situation.spec.health?.remediation ?? 'None';
  if (remedy === 'None' || healthOf(situation)?.status !== 'False') return undefined;
  return Math.max(situation.now + lookAgainMs, nextTryAt(situation));
}
