import type { DeletionPolicy } from '../model/bot-spec.ts';
import type { FleetState, Hold, Tombstone } from '../model/fleet-state.ts';
import type { BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloudIdentity } from '../ports/cloud.ts';
import type { Log } from '../ports/log.ts';
import { faultOf } from '../ports/port-error.ts';
import type { Source } from '../ports/source.ts';
import { LossGuard } from './loss-guard.ts';
import { Ticker } from './ticker.ts';

/** A droplet that turns up under a tombstone with policy Delete is destroyed, for so long. */
const tombstoneLifeMs = 86_400_000;
const saveRetryMs = 1_000;
/** Compare-and-swap of the fleet's record is tried so often. */
const mostTries = 10;

/** Keeps the fleet's own record: holds after mass losses, and tombstones; stores them and hears of confirmations. */
export class FleetKeeper {
  readonly deletions: LossGuard;
  readonly recreations: LossGuard;
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #call: (keys: readonly ResourceKey[]) => void;
  readonly #saver: Ticker;
  readonly #done = { delete: new Set<ResourceKey>(), recreate: new Set<ResourceKey>() };
  readonly #graves: Tombstone[] = [];
  #burial: Promise<void> | undefined;

  constructor(source: Source, clock: Clock, log: Log, call: (keys: readonly ResourceKey[]) => void) {
    this.#source = source;
    this.#clock = clock;
    this.#log = log;
    this.#call = call;
    this.deletions = new LossGuard(clock, 'delete', () => this.#saver.at(0));
    this.recreations = new LossGuard(clock, 'recreate', () => this.#saver.at(0));
    this.#saver = new Ticker(clock, () => this.#saveHolds());
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
    this.#log.info({ bots: freed }, 'what was held for these bots was confirmed');
    this.#saver.at(0);
    this.#call(freed);
  }

  /** A bot that is no more holds nothing up. */
  #forgetGhosts(): void {
    for (const guard of [this.deletions, this.recreations])
      for (const key of guard.hold()?.keys ?? []) if (!this.#source.bot(key)) guard.forget(key);
  }

  stop(): void {
    this.#saver.stop();
  }

  holds(): Hold[] {
    return [this.deletions.hold(), this.recreations.hold()].filter((hold) => hold !== undefined);
  }

  /** Binds the fleet to the cloud of the controller's own token, once. */
  async bindCloud({ apiURL, accountUUID }: CloudIdentity): Promise<void> {
    if (this.#source.fleet().state.cloud) return;
    await this.#change((state) => ({ ...state, cloud: { apiURL, accountUUID } }));
  }

  /** Stores that the bot is gone; to be awaited before its record is released. */
  async bury(bot: BotRecord, policy: DeletionPolicy): Promise<void> {
    this.#graves.push({ uid: bot.uid, key: bot.key, policy, at: new Date(this.#clock.now()).toISOString() });
    this.#burial ??= Promise.resolve().then(() => this.#buryAll());
    await this.#burial;
  }

  tombstone(uid: string): Tombstone | undefined {
    return this.#lasting(this.#source.fleet().state.tombstones).find((grave) => grave.uid === uid);
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

  /** Burials of one turn share one write. */
  async #buryAll(): Promise<void> {
    const graves = this.#graves.splice(0);
    this.#burial = undefined;
    await this.#change((state) => ({
      ...state,
      tombstones: [...this.#lasting(state.tombstones), ...graves],
    }));
  }

  #lasting(tombstones: readonly Tombstone[]): Tombstone[] {
    const now = this.#clock.now();
    return tombstones.filter((grave) => now - Date.parse(grave.at) < tombstoneLifeMs);
  }

  async #saveHolds(): Promise<void> {
    const before = JSON.stringify(this.#source.fleet().state.holds);
    const done = { delete: [...this.#done.delete], recreate: [...this.#done.recreate] };
    try {
      await this.#change((state) => ({ ...state, holds: this.holds(), confirmed: this.#pending(state) }));
      for (const kind of ['delete', 'recreate'] as const)
        for (const key of done[kind]) this.#done[kind].delete(key);
      if (JSON.stringify(this.holds()) === before) return;
      for (const hold of this.holds()) this.#tell(hold);
    } catch (error) {
      this.#log.error(
        { err: error },
        'the hold after a mass loss could not be stored; it is in force all the same',
      );
      this.#saver.at(saveRetryMs);
    }
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
    const what = hold.kind === 'delete' ? 'bots are no longer declared' : 'droplets vanished';
    const fields = { kind: hold.kind, bots: hold.keys };
    this.#log.warn(fields, `${hold.keys.length} of ${hold.before} ${what} at once: held until confirmed`);
    this.#call(hold.keys);
  }

  async #change(change: (state: FleetState) => FleetState): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const { state, version } = this.#source.fleet();
      const next = change(state);
      if (JSON.stringify(next) === JSON.stringify(state)) return;
      try {
        await this.#source.saveFleet(next, version);
        return;
      } catch (error) {
        if (!faultOf(error, 'conflict') || tries >= mostTries) throw error;
      }
    }
  }
}
