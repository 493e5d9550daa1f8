import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { MongoKind } from '../../../../scripts/test-servers/mongo-kinds.ts';
import type { FleetOnMongo } from './fleet-on-mongo.ts';

/** Two bots come, one is stopped, one goes. */
export type Edit = () => Promise<void>;

const mostTries = 3;

/** Rounds of the same edits, to be made while something is wrong and while nothing is. */
export class EditedFleet {
  readonly #fleet: FleetOnMongo;
  readonly #graceMs: number;
  #rounds = 0;
  /** What a round takes while nothing is wrong. */
  #usualMs = 0;

  constructor(fleet: FleetOnMongo, { streams }: MongoKind) {
    this.#fleet = fleet;
    // Polls are up to twenty times their own duration apart, and a deletion takes two.
    this.#graceMs = streams ? 2_000 : 8_000;
  }

  /** Once more, and the longest counts. */
  async measureUsual(): Promise<void> {
    const edit = await this.#round();
    await edit();
    this.#usualMs = Math.max(this.#usualMs, await this.#fleet.levelled());
  }

  /**
   * Something goes wrong in `wrong`, with a round made meanwhile, and is over when it resolves: soon after its usual
   * time all is level, and everything was done once. A busy machine may need another try for the time.
   */
  async isLevelAfter(t: TestContext, wrong: (edit: Edit) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await wrong(await this.#round());
      const took = Math.round(await this.#fleet.levelled());
      t.diagnostic(`level after ${took} ms, usually after ${Math.round(this.#usualMs)}`);
      await this.#fleet.assertExact();
      if (took < this.#usualMs + this.#graceMs) return;
      assert.ok(tries < mostTries, `level after ${took} ms`);
      await this.measureUsual();
    }
  }

  /** Makes the bots of a round and waits until all is level. */
  async #round(): Promise<Edit> {
    this.#rounds += 1;
    const named = (kind: string) => `${kind}-${this.#rounds}`;
    await this.#fleet.insert(named('edited'), named('deleted'));
    await this.#fleet.levelled();
    return async () => {
      await this.#fleet.insert(named('new-a'), named('new-b'));
      await this.#fleet.set(named('edited'), { powerState: 'Stopped' });
      await this.#fleet.delete(named('deleted'));
    };
  }
}
