import type { LeaseCall, StoredLease } from '../ports/lease-store.ts';
import { faultOf } from '../ports/port-error.ts';
import type { LeaderElectorOptions } from './leader-elector-options.ts';
import { LeaseObservation } from './lease-observation.ts';

type Options<Lease extends StoredLease> = Pick<
  LeaderElectorOptions<Lease>,
  'store' | 'clock' | 'identity' | 'onNewLeader'
>;

/** What one process knows of the lease, and its own writes of it. */
export class LeaseClaimant<Lease extends StoredLease> {
  readonly #options: Options<Lease>;
  readonly #leaseMs: number;
  readonly #observed: LeaseObservation<Lease>;
  /** When the renewal that holds was sent, on the monotonic clock and the wall's. */
  #renewedAt = 0;
  #renewedAtWall = 0;
  #holder = '';

  constructor(options: Options<Lease>, leaseMs: number) {
    this.#options = options;
    this.#leaseMs = leaseMs;
    this.#observed = new LeaseObservation(options.clock);
  }

  /** Whether it is this process that was seen with it last. */
  get holds(): boolean {
    return this.#observed.holder === this.#options.identity;
  }

  get epoch(): number {
    return this.#observed.lease?.epoch ?? 0;
  }

  /** Of the last renewal that was stored; monotonic ms. */
  get renewedAt(): number {
    return this.#renewedAt;
  }

  /** Of the last renewal, by whichever clock leaves less. */
  msLeft(): number {
    const { clock } = this.#options;
    const byMonotonic = this.#renewedAt + this.#leaseMs - clock.monotonic();
    const byWall = this.#renewedAtWall + this.#leaseMs - clock.now();
    return Math.max(0, Math.min(byMonotonic, byWall));
  }

  /** 0 or less when it may be taken now. */
  msUntilFree(): number {
    return this.#observed.msUntilFree(this.#options.identity);
  }

  /** The lease as a read, a write or a watch showed it; undefined: there is none. */
  see(lease: Lease | undefined): void {
    this.#observed.see(lease);
    const { holder } = this.#observed;
    if (holder === this.#holder) return;
    this.#holder = holder;
    if (holder !== '') this.#options.onNewLeader?.(holder);
  }

  /** False when somebody else has it. */
  async takeOrRenew(call: LeaseCall): Promise<boolean> {
    // Whoever holds the lease knows it as it is.
    if (!this.holds) await this.#look(call);
    if (this.msUntilFree() > 0) return false;
    try {
      await this.#write(call);
      return true;
    } catch (error) {
      if (!faultOf(error, 'conflict', 'absent')) throw error;
    }
    // Somebody was faster, an own renewal got through whose answer was lost, or the lease was edited or deleted.
    await this.#look(call);
    if (this.#observed.lease && !this.holds) return false;
    await this.#write(call);
    return true;
  }

  /** Leaves it to nobody, if it is held. */
  async release(call: LeaseCall): Promise<void> {
    if (!this.holds) return;
    // A renewal may have been under way: what is stored now counts.
    await this.#look(call);
    const { lease } = this.#observed;
    const { store, clock } = this.#options;
    if (lease && this.holds) this.see(await store.free(lease, clock.now(), call));
  }

  async #write(call: LeaseCall): Promise<void> {
    const { clock, identity, store } = this.#options;
    const [sentAt, sentAtWall] = [clock.monotonic(), clock.now()];
    const claim = { identity, leaseMs: this.#leaseMs, now: sentAtWall };
    this.see(await store.acquire(this.#observed.lease, claim, call));
    this.#renewedAt = sentAt;
    this.#renewedAtWall = sentAtWall;
  }

  async #look(call: LeaseCall): Promise<void> {
    this.see(await this.#options.store.read(call));
  }
}
