import { sleep } from '../../../ports/clock.ts';
import type { Leadership } from '../../../ports/leadership.ts';
import { faultOf } from '../../../ports/port-error.ts';
import type { LeaderElectorOptions, LeaseTiming } from './leader-elector-options.ts';
import { heldSpec, holderOf, releasedSpec } from './lease-object.ts';
import { LeaseObservation } from './lease-observation.ts';
import { type LeaseCall, LeaseStore } from './lease-store.ts';

const defaultTiming: LeaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 };
/** Candidates wait up to so many times longer between two tries, lest they all come at once. */
const jitter = 1.2;
/** For giving the lease up. */
const releaseMs = 2_000;

/**
 * Seeks the lease until it has it, then holds it until it is lost or given up; whoever has lost it does not seek it
 * again. A lease is lost when it could not be renewed in time, or when somebody else is seen with it.
 */
export class LeaderElector implements Leadership {
  readonly #options: LeaderElectorOptions;
  readonly #timing: LeaseTiming;
  readonly #store: LeaseStore;
  readonly #observed: LeaseObservation;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #leading = false;
  /** When the renewal that holds was sent, on the monotonic clock and the wall's. */
  #renewedAt = 0;
  #renewedAtWall = 0;
  #holder = '';
  #failing = false;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
    this.#store = new LeaseStore(options);
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
    onStartedLeading?.(this.#observed.spec.leaseTransitions ?? 0);
    let cancel = clock.schedule(this.#msToRenew(), expire);
    try {
      while (this.#leading) {
        await sleep(clock, this.#renewalWait(), signal);
        if (await this.#try(signal)) {
          cancel();
          cancel = clock.schedule(this.#msToRenew(), expire);
        } else if (holderOf(this.#observed.spec) !== this.#options.identity) {
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
    if (holderOf(this.#observed.spec) !== this.#options.identity) await this.#look(call);
    if (this.#observed.msUntilFree(this.#options.identity) > 0) return false;
    try {
      await this.#write(call);
      return true;
    } catch (error) {
      if (!faultOf(error, 'conflict', 'absent')) throw error;
    }
    // Somebody was faster, an own renewal got through whose answer was lost, or the lease was edited or deleted.
    await this.#look(call);
    if (this.#observed.object && holderOf(this.#observed.spec) !== this.#options.identity) return false;
    await this.#write(call);
    return true;
  }

  async #write(call: LeaseCall): Promise<void> {
    const { clock, identity } = this.#options;
    const [sentAt, sentAtWall] = [clock.monotonic(), clock.now()];
    const spec = heldSpec(this.#observed.lastSpec, identity, sentAtWall, this.#timing.leaseMs);
    this.#seen(await this.#store.write(this.#observed.object, spec, call));
    this.#renewedAt = sentAt;
    this.#renewedAtWall = sentAtWall;
  }

  async #look(call: LeaseCall): Promise<void> {
    this.#seen(await this.#store.read(call));
  }

  #seen(object: Awaited<ReturnType<LeaseStore['read']>>): void {
    this.#observed.see(object);
    const holder = holderOf(this.#observed.spec);
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
    const { clock, identity, log } = this.#options;
    const call: LeaseCall = { deadlineMs: releaseMs };
    if (holderOf(this.#observed.spec) !== identity) return;
    try {
      // A renewal may have been under way: what is stored now counts.
      await this.#look(call);
      const { object, spec } = this.#observed;
      if (object && holderOf(spec) === identity)
        this.#seen(await this.#store.write(object, releasedSpec(spec, clock.now()), call));
    } catch (error) {
      log.warn({ ...this.#fields(), err: error }, 'the lease could not be given up: it will expire');
    }
  }

  #fields(): object {
    const { namespace, name } = this.#options;
    return { lease: `${namespace}/${name}` };
  }
}
