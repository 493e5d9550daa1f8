import type { Admission as Answer } from '../../decide/input.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Budget, Permit } from '../../ports/budget.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { CreationSlots } from './creation-slots.ts';
import { LimitProbe } from './limit-probe.ts';

interface Options {
  readonly clock: Clock;
  readonly budget: Budget;
  readonly maxConcurrentCreates: number;
  /** How many droplets that were lost may be re-created at once. */
  readonly maxReplacements: () => number;
  /** The key's turn has come. */
  readonly call: (key: ResourceKey) => void;
}

/**
 * Who may create now. A place counts from the POST until the droplet is active, doubtful creates included; with the
 * place comes a permit of the call budget, so that an attempt is stored only when its POST can leave at once.
 * First come, first served.
 */
export class CreateAdmission {
  readonly #options: Options;
  readonly #limit: LimitProbe;
  readonly #unlisten: () => void;
  readonly #places = new CreationSlots();
  readonly #permits = new Map<ResourceKey, Permit>();
  readonly #waiting = new Set<ResourceKey>();
  /** Who has asked in the pass under way. */
  readonly #asked = new Set<ResourceKey>();
  #timer: Cancel | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#limit = new LimitProbe(options.clock);
    this.#unlisten = options.budget.onCapacity(() => this.#callNext());
  }

  /** Calls nobody any more. */
  close(): void {
    this.#unlisten();
    this.#timer?.();
    this.#waiting.clear();
  }

  get creating(): number {
    return this.#places.taken;
  }

  /** Asks for a place; repeated asking is harmless. Every pass ends with `withdraw`. */
  ask(key: ResourceKey, replacement: boolean): Answer {
    this.#asked.add(key);
    if (this.#permits.has(key)) return { admitted: true };
    const hindrance = this.#hindrance(key, replacement);
    if (hindrance) return this.#wait(key, hindrance);
    const permit = this.#options.budget.reserve('create');
    if (!permit) return this.#wait(key, this.#rateLimited());
    this.#waiting.delete(key);
    this.#permits.set(key, permit);
    this.#places.enter(key, replacement);
    this.#limit.begin(key);
    return { admitted: true };
  }

  /** The permit that came with the place; from now on the place counts until `settle`. */
  takePermit(key: ResourceKey): Permit | undefined {
    const permit = this.#permits.get(key);
    this.#permits.delete(key);
    return permit;
  }

  /** Ends the pass of the key: a place that was not used becomes free, and who did not ask again leaves the line. */
  withdraw(key: ResourceKey): void {
    const left = !this.#asked.delete(key) && this.#waiting.delete(key);
    const permit = this.#permits.get(key);
    if (permit) {
      this.#permits.delete(key);
      permit.release();
      this.#leave(key);
    }
    if (left || permit) this.#callNext();
  }

  /** Takes in whether the bot has a create or a boot under way. */
  settle(key: ResourceKey, creating: boolean, replacement: boolean): void {
    if (creating && !this.#places.has(key)) this.#places.enter(key, replacement);
    else if (!creating && !this.#permits.has(key) && this.#leave(key)) this.#callNext();
  }

  /** The cloud said that its droplet limit is reached: one bot probes later, the others wait. */
  dropletLimitReached(): number {
    const at = this.#limit.reached();
    this.#arm(at);
    return at;
  }

  /** The cloud's droplet limit keeps bots waiting. */
  get atDropletLimit(): boolean {
    return this.#limit.binds;
  }

  /** A droplet is gone, or the limit was raised: the next probe is worth while now. */
  roomMade(): void {
    if (this.#limit.roomMade()) this.#callNext();
  }

  /** A create was accepted: the limit does not bind any more. */
  dropletLimitLifted(): void {
    if (this.#limit.lifted()) this.#callNext();
  }

  #hindrance(key: ResourceKey, replacement: boolean): (Answer & { admitted: false }) | undefined {
    const { maxConcurrentCreates } = this.#options;
    const probeAt = this.#limit.hinders(key);
    if (probeAt !== undefined) return dropletLimit(probeAt);
    if (this.#places.has(key)) return undefined;
    if (this.#places.taken >= maxConcurrentCreates) return noPlace(maxConcurrentCreates);
    if (replacement && this.#places.ofReplacements >= this.#options.maxReplacements())
      return noReplacement(this.#options.maxReplacements());
    return this.#isTurn(key) ? undefined : noPlace(maxConcurrentCreates);
  }

  /** Nobody overtakes those who waited first, unless there is room for all of them. */
  #isTurn(key: ResourceKey): boolean {
    const room = this.#options.maxConcurrentCreates - this.#places.taken;
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

  #rateLimited(): Answer {
    const next = this.#options.budget.nextAt('create');
    this.#arm(next);
    const minutesAhead = Math.floor(this.#waiting.size / this.#options.budget.snapshot().minuteLimit);
    const until = next + minutesAhead * 60_000;
    const message = `The call budget is used up; the create leaves at about ${new Date(until).toISOString()}`;
    return { admitted: false, reason: 'RateLimited', message };
  }

  #leave(key: ResourceKey): boolean {
    this.#limit.end(key);
    return this.#places.leave(key);
  }

  /** Calls those who waited longest, as many as there are places and calls for; the others at their time. */
  #callNext(): void {
    if (this.#waiting.size === 0) return;
    const { budget, clock, maxConcurrentCreates, call } = this.#options;
    const next = budget.nextAt('create');
    if (next > clock.now()) {
      this.#arm(next);
      return;
    }
    let room = Math.min(maxConcurrentCreates - this.#places.taken, budget.snapshot().minuteRemaining);
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

function noPlace(most: number): Answer & { admitted: false } {
  const message = `${most} droplets are being created, as many as --max-concurrent-creates allows; waiting for a turn`;
  return { admitted: false, reason: 'WaitingForSlot', message };
}

function noReplacement(most: number): Answer & { admitted: false } {
  const message = `${most} lost droplets are being replaced, as many as may be at once; waiting for a turn`;
  return { admitted: false, reason: 'WaitingForSlot', message };
}

function dropletLimit(at: number): Answer & { admitted: false } {
  const message = `The cloud account's droplet limit is reached; one bot tries again at ${new Date(at).toISOString()}. Destroy droplets, or ask DigitalOcean for more`;
  return { admitted: false, reason: 'DropletLimitReached', message };
}
