import { sleep } from '../ports/clock.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { LeaseCall, StoredLease } from '../ports/lease-store.ts';
import { faultOf } from '../ports/port-error.ts';
import type { LeaderElectorOptions, LeaseTiming } from './leader-elector-options.ts';
import { LeaseObservation } from './lease-observation.ts';

const defaultTiming: LeaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };
/** Candidates wait up to so many times longer between two tries, lest they all come at once. */
const jitter = 1.2;
/** For giving the lease up. */
const releaseMs = 2_000;

/**
 * Seeks the lease until it has it, then holds it until it is lost or given up; whoever has lost it does not seek it
 * again. A lease is lost when it could not be renewed in time, or when somebody else is seen with it.
 */
export class LeaderElector<Lease extends StoredLease = StoredLease> implements Leadership {
  readonly #options: LeaderElectorOptions<Lease>;
  readonly #timing: LeaseTiming;
  readonly #observed: LeaseObservation<Lease>;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #leading = false;
  /** When the renewal that holds was sent, on the monotonic clock and the wall's. */
  #renewedAt = 0;
  #renewedAtWall = 0;
  #holder = '';
  #failing = false;

  constructor(options: LeaderElectorOptions<Lease>) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
    this.#observed = new LeaseObservation(options.clock);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives the lease up for somebody else to take at once, if it is held; resolves when that is done or has failed. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the election was stopped'));
    this.#stopLeading('it was given up');
    await this.#running;
    await this.#release();
  }

  msLeft(): number {
    if (!this.#leading) return 0;
    const { clock } = this.#options;
    const { leaseMs } = this.#timing;
    const byMonotonic = this.#renewedAt + leaseMs - clock.monotonic();
    const byWall = this.#renewedAtWall + leaseMs - clock.now();
    return Math.max(0, Math.min(byMonotonic, byWall));
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      while (!(await this.#try(signal))) await sleep(this.#options.clock, this.#candidateWait(), signal);
      await this.#lead(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** The jitter's, or less when the lease expires before. */
  #candidateWait(): number {
    const { retryMs } = this.#timing;
    const wait = retryMs * (1 + (jitter - 1) * this.#options.chance.random());
    const free = this.#observed.msUntilFree(this.#options.identity);
    return free > 0 ? Math.min(wait, free) : wait;
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
    onStartedLeading?.(this.#observed.lease?.epoch ?? 0);
    let cancel = clock.schedule(this.#msToRenew(), expire);
    try {
      while (this.#leading) {
        await sleep(clock, this.#renewalWait(), signal);
        if (await this.#try(signal)) {
          cancel();
          cancel = clock.schedule(this.#msToRenew(), expire);
        } else if (this.#observed.holder !== this.#options.identity) {
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
    return Math.max(0, this.#renewedAt + this.#timing.renewMs - this.#options.clock.monotonic());
  }

  /** Takes or renews the lease; false when it could not. */
  async #try(signal: AbortSignal): Promise<boolean> {
    const call: LeaseCall = { signal, deadlineMs: this.#timing.renewMs / 2 };
    try {
      const done = await this.#takeOrRenew(call);
      if (this.#failing) this.#options.log.info(this.#fields(), 'the lease can be reached again');
      this.#failing = false;
      return done;
    } catch (error) {
      signal.throwIfAborted();
      const message = 'the lease could not be read or written';
      if (!this.#failing) this.#options.log.warn({ ...this.#fields(), err: error }, message);
      this.#failing = true;
      return false;
    }
  }

  async #takeOrRenew(call: LeaseCall): Promise<boolean> {
    // Whoever holds the lease knows it as it is.
    if (this.#observed.holder !== this.#options.identity) await this.#look(call);
    if (this.#observed.msUntilFree(this.#options.identity) > 0) return false;
    try {
      await this.#write(call);
      return true;
    } catch (error) {
      if (!faultOf(error, 'conflict', 'absent')) throw error;
    }
    // Somebody was faster, an own renewal got through whose answer was lost, or the lease was edited or deleted.
    await this.#look(call);
    if (this.#observed.lease && this.#observed.holder !== this.#options.identity) return false;
    await this.#write(call);
    return true;
  }

  async #write(call: LeaseCall): Promise<void> {
    const { clock, identity, store } = this.#options;
    const [sentAt, sentAtWall] = [clock.monotonic(), clock.now()];
    const claim = { identity, leaseMs: this.#timing.leaseMs, now: sentAtWall };
    this.#seen(await store.hold(this.#observed.lease, claim, call));
    this.#renewedAt = sentAt;
    this.#renewedAtWall = sentAtWall;
  }

  async #look(call: LeaseCall): Promise<void> {
    this.#seen(await this.#options.store.read(call));
  }

  #seen(lease: Lease | undefined): void {
    this.#observed.see(lease);
    const { holder } = this.#observed;
    if (holder === this.#holder) return;
    this.#holder = holder;
    if (holder !== '') this.#options.onNewLeader?.(holder);
  }

  #stopLeading(why: string): void {
    if (!this.#leading) return;
    this.#leading = false;
    this.#options.log.info({ ...this.#fields(), why }, 'the lease is no longer held');
    this.#options.onStoppedLeading?.();
  }

  async #release(): Promise<void> {
    const { clock, identity, log, store } = this.#options;
    const call: LeaseCall = { deadlineMs: releaseMs };
    if (this.#observed.holder !== identity) return;
    try {
      // A renewal may have been under way: what is stored now counts.
      await this.#look(call);
      const { lease } = this.#observed;
      if (lease?.holder === identity) this.#seen(await store.free(lease, clock.now(), call));
    } catch (error) {
      log.warn({ ...this.#fields(), err: error }, 'the lease could not be given up: it will expire');
    }
  }

  #fields(): object {
    return { lease: this.#options.lease };
  }
}
