import { isDeepStrictEqual } from 'node:util';
import type { FleetState, Hold } from '../model/fleet-state.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { CloudIdentity } from '../ports/cloud.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { Log } from '../ports/log.ts';
import type { Source } from '../ports/source.ts';
import { changeFleet } from './change-fleet.ts';
import { HoldLapse } from './hold-lapse.ts';
import { LossGuard } from './loss-guard.ts';
import type { EngineParts } from './parts.ts';
import { Ticker } from './ticker.ts';

type Parts = Pick<EngineParts, 'source' | 'clock' | 'log' | 'leadership'>;

const saveRetryMs = 1_000;

/** Keeps the fleet's own record: its cloud, and holds after mass losses; stores them and hears of confirmations. */
export class FleetKeeper {
  readonly deletions: LossGuard;
  readonly recreations: LossGuard;
  readonly #source: Source;
  readonly #log: Log;
  readonly #leadership: Leadership;
  readonly #call: (keys: readonly ResourceKey[]) => void;
  readonly #saver: Ticker;
  readonly #lapse: HoldLapse;
  readonly #done = { delete: new Set<ResourceKey>(), recreate: new Set<ResourceKey>() };
  #saving: Promise<void> | undefined;

  constructor(parts: Parts, call: (keys: readonly ResourceKey[]) => void) {
    const { source, clock, log, leadership } = parts;
    this.#source = source;
    this.#log = log;
    this.#leadership = leadership;
    this.#call = call;
    this.deletions = new LossGuard(clock, 'delete', () => {
      this.#saver.at(0);
      this.#lapse.arm();
    });
    this.recreations = new LossGuard(clock, 'recreate', () => this.#saver.at(0));
    this.#saver = new Ticker(clock, () => this.#saveSoon());
    this.#lapse = new HoldLapse(parts, this.deletions, () => this.refresh());
  }

  /** The stored record, its confirmations included, was changed by someone (or read for the first time). */
  refresh(): void {
    const { holds, confirmed } = this.#source.fleet().state;
    const stored = (kind: Hold['kind']) => holds.find((hold) => hold.kind === kind);
    const freed = [
      ...this.deletions.restore(stored('delete'), confirmed.delete),
      ...this.recreations.restore(stored('recreate'), confirmed.recreate),
    ];
    this.#forgetGhosts();
    if (freed.length === 0) return;
    this.#log.info({ bots: freed }, 'what was held for these bots may go on');
    this.#saver.at(0);
    this.#call(freed);
  }

  /** A bot that is no more holds nothing up, and none that came back while nobody looked is to be deleted. */
  #forgetGhosts(): void {
    for (const guard of [this.deletions, this.recreations])
      for (const key of guard.hold()?.keys ?? []) if (!this.#source.bot(key)) guard.forget(key);
    for (const key of this.deletions.hold()?.keys ?? [])
      if (!this.#source.bot(key)?.deletion) this.deletions.returned(key);
  }

  stop(): void {
    this.#saver.stop();
    this.#lapse.stop();
  }

  holds(): Hold[] {
    return [this.deletions.hold(), this.recreations.hold()].filter((hold) => hold !== undefined);
  }

  /** Resolves once what is held is on record: nothing that rests on a hold is stored before it. Throws what the source throws. */
  async secured(): Promise<void> {
    if (isDeepStrictEqual(this.#stored(), this.holds())) return;
    // A write under way may have begun before the newest hold.
    await this.#saving?.catch(() => {});
    await this.#save();
  }

  /** Binds the fleet to the cloud of the controller's own token, once. */
  async bindCloud({ apiURL, accountUUID }: CloudIdentity): Promise<void> {
    if (this.#source.fleet().state.cloud || this.#leadership.msLeft() <= 0) return;
    await changeFleet(this.#source, (state) => ({ ...state, cloud: { apiURL, accountUUID } }));
  }

  /** The bot is declared, again or still: a loss of it that was confirmed is over. */
  declared(key: ResourceKey): void {
    this.deletions.returned(key);
    this.carriedOut('delete', key);
  }

  /** The bot has a droplet, and it is there. */
  droplet(key: ResourceKey): void {
    this.recreations.present(key);
    this.carriedOut('recreate', key);
  }

  /** What was confirmed for this bot has been carried out: another loss of it is another matter. */
  carriedOut(kind: Hold['kind'], key: ResourceKey): void {
    if (!this.#source.fleet().state.confirmed[kind].includes(key)) return;
    this.#done[kind].add(key);
    this.#saver.at(0);
  }

  async #saveSoon(): Promise<void> {
    if (this.#leadership.msLeft() <= 0) return;
    try {
      await this.#save();
    } catch (error) {
      this.#log.error(
        { err: error },
        'the hold after a mass loss could not be stored; it is in force all the same',
      );
      this.#saver.at(saveRetryMs);
    }
  }

  /** One write at a time; whoever comes meanwhile shares it. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveHolds().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #saveHolds(): Promise<void> {
    const before = this.#stored();
    const done = { delete: [...this.#done.delete], recreate: [...this.#done.recreate] };
    await changeFleet(this.#source, (state) => ({
      ...state,
      holds: this.holds(),
      confirmed: this.#pending(state),
    }));
    for (const kind of ['delete', 'recreate'] as const)
      for (const key of done[kind]) this.#done[kind].delete(key);
    // What was carried out is confirmed no more.
    this.refresh();
    if (isDeepStrictEqual(this.#stored(), before)) return;
    for (const hold of this.holds()) this.#tell(hold);
  }

  /** The holds on record. */
  #stored(): readonly Hold[] {
    return this.#source.fleet().state.holds;
  }

  /** What was confirmed and is not carried out yet. */
  #pending({ confirmed }: FleetState): FleetState['confirmed'] {
    const { delete: deleted, recreate } = this.#done;
    return {
      delete: confirmed.delete.filter((key) => !deleted.has(key)),
      recreate: confirmed.recreate.filter((key) => !recreate.has(key)),
    };
  }

  #tell(hold: Hold): void {
    const what = hold.kind === 'delete' ? 'bots are no longer declared' : 'droplets vanished at once';
    const { kind, keys, before, until } = hold;
    const end = until === undefined ? 'held until confirmed' : `held until confirmed, or until ${until}`;
    this.#log.warn({ kind, bots: keys }, `${keys.length} of ${before} ${what}: ${end}`);
    this.#call(hold.keys);
  }
}
