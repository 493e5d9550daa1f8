import { birthsOf } from '../../model/birth.ts';
import type { Tombstone } from '../../model/fleet-state.ts';
import type { BotRecord } from '../../model/records.ts';
import type { DeletionPolicy } from '../../model/spec/bot-spec.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Source } from '../../ports/source.ts';
import { changeFleet } from './change-fleet.ts';

/** A droplet that turns up under a tombstone with policy Delete is destroyed, for so long. */
const tombstoneLifeMs = 86_400_000;

/** Bots that are gone, remembered for a day in the fleet's own record. */
export class Tombstones {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #fresh: Tombstone[] = [];
  #burial: Promise<void> | undefined;

  constructor(source: Source, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  all(): Tombstone[] {
    return this.#lasting(this.#source.fleet().state.tombstones);
  }

  of(uid: string): Tombstone | undefined {
    return this.all().find((grave) => grave.uid === uid);
  }

  /** Stores that the bot is gone; to be awaited before its record is released. */
  async add(bot: BotRecord, policy: DeletionPolicy): Promise<void> {
    this.#fresh.push(this.#tombstone(bot, policy));
    this.#burial ??= Promise.resolve().then(() => this.#buryAll());
    await this.#burial;
  }

  #tombstone({ uid, key, deletion, status }: BotRecord, policy: DeletionPolicy): Tombstone {
    const at = new Date(this.#clock.now()).toISOString();
    const grave = { uid, key, policy, births: birthsOf(status), at };
    const confirmed = this.#source.fleet().state.confirmed.delete.includes(key);
    return deletion?.implicit && !confirmed ? { ...grave, lost: true } : grave;
  }

  /** Burials of one turn share one write. */
  async #buryAll(): Promise<void> {
    const graves = this.#fresh.splice(0);
    this.#burial = undefined;
    const buried = new Set(graves.map(({ key }) => key));
    await changeFleet(this.#source, ({ released, ...state }) => ({
      ...state,
      ...(released && { released: released.filter(({ key }) => !buried.has(key)) }),
      tombstones: [...this.#lasting(state.tombstones), ...graves],
    }));
  }

  #lasting(tombstones: readonly Tombstone[]): Tombstone[] {
    const now = this.#clock.now();
    return tombstones.filter((grave) => now - Date.parse(grave.at) < tombstoneLifeMs);
  }
}
