import type { BotRecord } from '../../model/records.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import type { RecentEffect } from '../effect.ts';
import type { Input } from '../input.ts';
import { isoOf } from '../situation.ts';

/** The stored status; empty if it belongs to another uid, as in a copied manifest. */
export function ownStatus({ uid, status }: Pick<BotRecord, 'uid' | 'status'>): BotStatus {
  return status.ownerUID === undefined || status.ownerUID === uid ? status : {};
}

/** The bot's own status: requests present at first sight count as handled, and times in the future as now. */
export function startingStatus({ bot, now, effects }: Pick<Input, 'bot' | 'now' | 'effects'>): BotStatus {
  const status = presentTimes(ownStatus(bot), now, effects);
  return status.handledRequests || !bot.spec
    ? status
    : { ...status, handledRequests: presentRequests(bot.spec) };
}

function presentRequests(spec: BotSpec): NonNullable<BotStatus['handledRequests']> {
  return {
    ...(spec.rebootRequest !== undefined && { reboot: spec.rebootRequest }),
    ...(spec.redeployRequest !== undefined && { redeploy: spec.redeployRequest }),
    ...(spec.registrationTokenSHA256 !== undefined && { registrationToken: spec.registrationTokenSHA256 }),
  };
}

/** The clocks of two controllers that take turns may differ by this much without consequence. */
const toleranceMs = 5_000;

/** The fields of a status that hold a time by our own clock. */
const timeFields: ReadonlySet<string> = new Set([
  ...['at', 'lastAt', 'storedAt', 'startedAt', 'stepAt', 'issuedAt', 'registeredAt', 'tokenIssuedAt'],
  ...['since', 'runningSince', 'lastHeartbeatTime', 'lastTransitionTime'],
]);

interface Present {
  readonly now: string;
  readonly latest: string;
}

/**
 * The status with every stored future time set to now: a clock that was ahead when it wrote one must delay
 * nothing. An operation then began no later than the last effect that this process carried out, so that it is
 * not repeated. The droplet's times are the cloud's and are never compared with ours.
 */
export function presentTimes(status: BotStatus, now: number, effects: readonly RecentEffect[]): BotStatus {
  const latest = isoOf(now + toleranceMs);
  // Nearly always so; nothing is copied then.
  if (!holdsFuture(status, latest)) return status;
  const { droplet, operation, ...own } = status;
  const sinceMs = effects.length === 0 ? 0 : Math.min(...effects.map((effect) => effect.sinceMs));
  const present = presentOf(own, { now: isoOf(now), latest });
  const begun = presentOf(operation, { now: isoOf(now - sinceMs), latest });
  if (present === own && begun === operation) return status;
  return { ...present, ...(droplet && { droplet }), ...(begun && { operation: begun }) };
}

function holdsFuture(value: object, latest: string): boolean {
  for (const name in value) {
    const field: unknown = value[name as keyof typeof value];
    if (typeof field === 'string') {
      if (timeFields.has(name) && field > latest) return true;
    } else if (
      typeof field === 'object' &&
      field !== null &&
      name !== 'droplet' &&
      holdsFuture(field, latest)
    )
      return true;
  }
  return false;
}

/** Returns `value` itself if no time in it lies in the future. */
function presentOf<T>(value: T, present: Present): T {
  if (typeof value !== 'object' || value === null) return value;
  const changed = Object.entries(value).flatMap(([name, field]) => {
    const now = isFuture(name, field, present) ? present.now : presentOf(field, present);
    return now === field ? [] : [[name, now] as const];
  });
  if (changed.length === 0) return value;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, Object.fromEntries(changed)) as T;
}

/** ISO 8601 times of one format compare as text. */
function isFuture(name: string, field: unknown, { latest }: Present): boolean {
  return typeof field === 'string' && timeFields.has(name) && field > latest;
}
