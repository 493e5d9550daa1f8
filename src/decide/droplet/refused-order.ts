import { backOffMs } from '../../kit/back-off.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { type Effect, effectSignature } from '../effect.ts';
import {
  isoOf,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  type Waiting,
} from '../situation.ts';

type RefusedOrder = NonNullable<BotStatus['refusedOrder']>;

/**
 * A refused order is repeated after 10, 20, 40 … s; after 5, 10 … s if another action is open on the droplet.
 */
const backoffMs = { refused: [10_000, 300_000], busy: [5_000, 60_000] } as const;
/** A droplet may be busy this long before a person is asked: taking a snapshot takes minutes. */
const longestBusyMs = 15 * 60_000;
/** An order that was last refused this long ago counts as a new one. */
const memoryMs = 3_600_000;

/** When the order is repeated (epoch ms). */
export function orderDueAt({ at, count, busy }: RefusedOrder): number {
  const [first, longest] = busy ? backoffMs.busy : backoffMs.refused;
  return timeOf(at) + backOffMs(count, first, longest);
}

/** Waits to repeat an order that the cloud has refused; undefined if it is due or was not refused. */
export function afterRefusedOrder(
  situation: Situation,
  effect: Effect,
  waiting: Waiting,
): Verdict | undefined {
  const { refusedOrder } = situation.status;
  if (refusedOrder?.order !== effectSignature(effect)) return undefined;
  const dueAt = orderDueAt(refusedOrder);
  if (situation.now >= dueAt) return undefined;
  const isTold = isForPerson(refusedOrder);
  const shown = isTold
    ? stalled(reasonFor(effect), refusedOrder.message)
    : progressing(waiting.reason, refusedOrder.message);
  return { waiting: shown, requeueAt: dueAt };
}

/** Whether a person is needed: the cloud refuses for good, or the droplet has been busy for too long. */
function isForPerson({ busy, since, at }: RefusedOrder): boolean {
  return !busy || timeOf(at) - timeOf(since) >= longestBusyMs;
}

function reasonFor(effect: Effect): string {
  return effect.kind === 'destroy' ? 'DestroyRefused' : 'ActionRefused';
}

interface Refusal {
  readonly now: number;
  readonly message: string;
  /** Another action is open on the droplet. */
  readonly busy: boolean;
}

/**
 * The status with one more refusal of an order, and the event for it: one, as long as the message stays the
 * same.
 */
export function withRefusedOrder(
  status: BotStatus,
  effect: Effect,
  { now, message, busy }: Refusal,
): {
  readonly status: BotStatus;
  readonly refused: RefusedOrder;
  readonly news: { reason: string; message: string } | undefined;
} {
  const order = effectSignature(effect);
  const before = formerOf(status, order, now);
  const isSame = before !== undefined && (before.busy ?? false) === busy;
  const refused: RefusedOrder = {
    ...{ order, message, at: isoOf(now), count: isSame ? before.count + 1 : 1 },
    since: isSame ? before.since : isoOf(now),
    ...(busy && { busy }),
  };
  const wasTold = isSame && isForPerson(before) && before.message === message;
  const news = isForPerson(refused) && !wasTold ? { reason: reasonFor(effect), message } : undefined;
  return { status: { ...status, refusedOrder: refused }, refused, news };
}

function formerOf({ refusedOrder }: BotStatus, order: string, now: number): RefusedOrder | undefined {
  if (refusedOrder?.order !== order) return undefined;
  return now - timeOf(refusedOrder.at) < memoryMs ? refusedOrder : undefined;
}
