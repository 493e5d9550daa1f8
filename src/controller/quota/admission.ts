import type { Admission as Answer } from '../../decide/input.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Budget, Permit } from '../../ports/budget.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { LimitProbe } from './limit-probe.ts';

interface Options {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly maxConcurrentCreates: number;
  /** How many lost droplets may be re-created at once. */
  readonly maxReplacements: () => number;
  /** Queues the bot whose turn has come. */
  readonly call: (key: ResourceKey) => void;
}

type Refusal = Answer & { readonly admitted: false };

/**
 * Which bots may create now, first come, first served. A bot holds its slot from the POST until the droplet is
 * active, also while the create is in doubt. With the slot comes a permit of the call budget, so that an attempt
 * is stored only when its POST can leave at once.
 */
export class CreateAdmission {
  readonly #options: Options;
  readonly #limit: LimitProbe;
  readonly #unlisten: () => void;
  /** Bots with a create or a boot under way, and whether that replaces a lost droplet. */
  readonly #slots = new Map<ResourceKey, boolean>();
  readonly #permits = new Map<ResourceKey, Permit>();
  readonly #waiting = new Set<ResourceKey>();
  /** Bots that have asked in the pass under way. */
  readonly #asked = new Set<ResourceKey>();
  #timer: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#limit = new LimitProbe(options.clock);
    this.#unlisten = options.budget.onCapacity(() => this.#callNext());
  }

  /** From now on nobody is queued. */
  close(): void {
    this.#unlisten();
    this.#timer?.();
    this.#waiting.clear();
  }

  get creating(): number {
    return this.#slots.size;
  }

  /** Asks for a slot; asking again is harmless. Every pass ends with `withdraw`. */
  ask(key: ResourceKey, replacement: boolean): Answer {
    this.#asked.add(key);
    if (this.#permits.has(key)) return { admitted: true };
    const refusal = this.#refusal(key, replacement);
    if (refusal) return this.#wait(key, refusal);
    const permit = this.#options.budget.reserve('create');
    if (!permit) return this.#wait(key, this.#rateLimited());
    this.#waiting.delete(key);
    this.#permits.set(key, permit);
    this.#slots.set(key, replacement);
    this.#limit.begin(key);
    return { admitted: true };
  }

  /** The permit that came with the slot. From now on the bot holds the slot until `settle`. */
  takePermit(key: ResourceKey): Permit | undefined {
    const permit = this.#permits.get(key);
    this.#permits.delete(key);
    return permit;
  }

  /** Ends the bot's pass: frees a slot that was not used, and a bot that did not ask again leaves the queue. */
  withdraw(key: ResourceKey): void {
    const left = !this.#asked.delete(key) && this.#waiting.delete(key);
    const permit = this.#permits.get(key);
    if (permit) {
      this.#permits.delete(key);
      permit.release();
      this.#free(key);
    }
    if (left || permit) this.#callNext();
  }

  /** Notes whether the bot has a create or a boot under way. */
  settle(key: ResourceKey, creating: boolean, replacement: boolean): void {
    if (creating && !this.#slots.has(key)) this.#slots.set(key, replacement);
    else if (!creating && !this.#permits.has(key) && this.#free(key)) this.#callNext();
  }

  /** The cloud's droplet limit is reached: one bot tries again later, at the time returned (epoch ms); the others wait. */
  dropletLimitReached(): number {
    const at = this.#limit.reached();
    this.#arm(at);
    return at;
  }

  /** Whether the cloud's droplet limit keeps bots waiting. */
  get atDropletLimit(): boolean {
    return this.#limit.binds;
  }

  /** A droplet is gone, or the limit was raised: a create is worth trying now. */
  roomMade(): void {
    if (this.#limit.roomMade()) this.#callNext();
  }

  /** A create was accepted: the limit does not bind any more. */
  dropletLimitLifted(): void {
    if (this.#limit.lifted()) this.#callNext();
  }

  /** Why the bot gets no slot now; undefined if it gets one. */
  #refusal(key: ResourceKey, replacement: boolean): Refusal | undefined {
    const { maxConcurrentCreates } = this.#options;
    const probeAt = this.#limit.hinders(key);
    if (probeAt !== undefined) return dropletLimit(probeAt);
    if (this.#slots.has(key)) return undefined;
    if (this.#slots.size >= maxConcurrentCreates) return noSlot(maxConcurrentCreates);
    if (replacement && this.#replacements >= this.#options.maxReplacements())
      return noReplacement(this.#options.maxReplacements());
    return this.#isTurn(key) ? undefined : noSlot(maxConcurrentCreates);
  }

  get #replacements(): number {
    return [...this.#slots.values()].filter((isReplacement) => isReplacement).length;
  }

  /** Nobody overtakes those who waited first, unless there is room for all of them. */
  #isTurn(key: ResourceKey): boolean {
    const room = this.#options.maxConcurrentCreates - this.#slots.size;
    if (this.#waiting.size < room) return true;
    let rank = 0;
    for (const waiter of this.#waiting) {
      if (waiter === key) return true;
      rank += 1;
      if (rank >= room) return false;
    }
    return true;
  }

  #wait(key: ResourceKey, answer: Answer): Answer {
    this.#waiting.add(key);
    return answer;
  }

  #rateLimited(): Refusal {
    const next = this.#options.budget.nextAt('create');
    this.#arm(next);
    const minutesAhead = Math.floor(this.#waiting.size / this.#options.budget.snapshot().minuteLimit);
    const until = next + minutesAhead * 60_000;
    const message = `The call budget is used up; the create leaves at about ${new Date(until).toISOString()}`;
    return { admitted: false, reason: 'RateLimited', message };
  }

  /** True if the bot held a slot. */
  #free(key: ResourceKey): boolean {
    this.#limit.end(key);
    return this.#slots.delete(key);
  }

  /** Queues those who waited longest, as many as there are slots and calls; the others when calls are free again. */
  #callNext(): void {
    if (this.#waiting.size === 0) return;
    const { budget, clock, maxConcurrentCreates, call } = this.#options;
    const next = budget.nextAt('create');
    if (next > clock.now()) {
      this.#arm(next);
      return;
    }
    let room = Math.min(maxConcurrentCreates - this.#slots.size, budget.snapshot().minuteRemaining);
    for (const key of this.#waiting) {
      if (room <= 0) return;
      room -= 1;
      call(key);
    }
  }

  #arm(at: number): void {
    this.#timer?.();
    this.#timer = this.#options.clock.schedule(Math.max(1, at - this.#options.clock.now()), () =>
      this.#callNext(),
    );
  }
}

function noSlot(most: number): Refusal {
  const message = `${most} droplets are being created, as many as --max-concurrent-creates allows; waiting for a turn`;
  return { admitted: false, reason: 'WaitingForSlot', message };
}

function noReplacement(most: number): Refusal {
  const message = `${most} lost droplets are being replaced, as many as may be at once; waiting for a turn`;
  return { admitted: false, reason: 'WaitingForSlot', message };
}

function dropletLimit(at: number): Refusal {
  const message =
    'The droplet limit of the cloud account is reached; one bot tries again at ' +
    `${new Date(at).toISOString()}. Destroy droplets, or ask DigitalOcean for more`;
  return { admitted: false, reason: 'DropletLimitReached', message };
}
