import { sleep } from '../ports/clock.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { StoredLease } from '../ports/lease-store.ts';
import type { LeaderElectorOptions, LeaseTiming } from './leader-elector-options.ts';
import { LeaseClaimant } from './lease-claimant.ts';
import { followLease } from './lease-observation.ts';

const defaultTiming: LeaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };
/** Candidates wait up to this many times longer between two tries, so that they do not all come at once. */
const jitter = 1.2;
/** For giving the lease up. */
const releaseMs = 2_000;

/**
 * Seeks the lease until it has it, then keeps it until it is lost or given up; an elector that has lost it does not seek
 * it again. A lease is lost when it could not be renewed in time, or when somebody else is seen with it.
 */
export class LeaderElector<Lease extends StoredLease = StoredLease> implements Leadership {
  readonly #options: LeaderElectorOptions<Lease>;
  readonly #timing: LeaseTiming;
  readonly #claimant: LeaseClaimant<Lease>;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #leading = false;
  #failing = false;

  constructor(options: LeaderElectorOptions<Lease>) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
    this.#claimant = new LeaseClaimant(options, this.#timing.leaseMs);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives the lease up for somebody else to take at once, if it is held; resolves when that is done or has failed. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the election was stopped'));
    this.#stopLeading('it was given up');
    await this.#running;
    try {
      await this.#claimant.release({ deadlineMs: releaseMs });
    } catch (error) {
      this.#options.log.warn(
        { ...this.#fields(), err: error },
        'the lease could not be given up: it will expire',
      );
    }
  }

  msLeft(): number {
    return this.#leading ? this.#claimant.msLeft() : 0;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      await this.#seek(signal);
      await this.#lead(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #seek(stopped: AbortSignal): Promise<void> {
    if (await this.#try(stopped)) return;
    const won = new AbortController();
    const signal = AbortSignal.any([stopped, won.signal]);
    let wake: () => void = () => undefined;
    void followLease(this.#options, this.#timing.retryMs, signal, (lease) => {
      this.#claimant.see(lease);
      if (this.#claimant.msUntilFree() <= 0) wake();
    });
    try {
      do {
        const woken = new AbortController();
        wake = () => woken.abort();
        await this.#wait(AbortSignal.any([stopped, woken.signal]));
        stopped.throwIfAborted();
      } while (!(await this.#try(stopped)));
    } finally {
      won.abort();
    }
  }

  /** The jitter's time, or less when the lease expires before; the signal ends it. */
  async #wait(signal: AbortSignal): Promise<void> {
    const { clock, chance } = this.#options;
    const wait = this.#timing.retryMs * (1 + (jitter - 1) * chance.random());
    const free = this.#claimant.msUntilFree();
    await sleep(clock, free > 0 ? Math.min(wait, free) : wait, signal).catch(() => undefined);
  }

  async #lead(stopped: AbortSignal): Promise<void> {
    const { clock, onStartedLeading } = this.#options;
    const lost = new AbortController();
    const signal = AbortSignal.any([stopped, lost.signal]);
    const expire = () => {
      lost.abort(new Error('the lease could not be renewed in time'));
      this.#stopLeading('it could not be renewed in time');
    };
    this.#leading = true;
    onStartedLeading?.(this.#claimant.epoch);
    let cancel = clock.schedule(this.#msToRenew(), expire);
    try {
      while (this.#leading) {
        await sleep(clock, this.#renewalWait(), signal);
        if (await this.#try(signal)) {
          cancel();
          cancel = clock.schedule(this.#msToRenew(), expire);
        } else if (!this.#claimant.holds) {
          this.#stopLeading('somebody else has it');
        }
      }
    } catch (error) {
      if (!lost.signal.aborted) throw error;
    } finally {
      cancel();
    }
  }

  /** Shorter after a failure, for the time is running out. */
  #renewalWait(): number {
    const { retryMs } = this.#timing;
    return this.#failing ? retryMs / 4 : retryMs;
  }

  #msToRenew(): number {
    return Math.max(0, this.#claimant.renewedAt + this.#timing.renewMs - this.#options.clock.monotonic());
  }

  /** Takes or renews the lease; false when it could not. */
  async #try(signal: AbortSignal): Promise<boolean> {
    const { log } = this.#options;
    try {
      const done = await this.#claimant.takeOrRenew({ signal, deadlineMs: this.#timing.renewMs / 2 });
      if (this.#failing) log.info(this.#fields(), 'the lease can be reached again');
      this.#failing = false;
      return done;
    } catch (error) {
      signal.throwIfAborted();
      if (!this.#failing)
        log.warn({ ...this.#fields(), err: error }, 'the lease could not be read or written');
      this.#failing = true;
      return false;
    }
  }

  #stopLeading(why: string): void {
    if (!this.#leading) return;
    this.#leading = false;
    this.#options.log.info({ ...this.#fields(), why }, 'the lease is no longer held');
    this.#options.onStoppedLeading?.();
  }

  #fields(): object {
    return { lease: this.#options.lease };
  }
}
