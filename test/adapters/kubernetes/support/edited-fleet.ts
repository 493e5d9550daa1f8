import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { BotObject } from '../../../../src/adapters/kubernetes/source/objects.ts';
import type { FleetOnCluster } from './fleet-on-cluster.ts';
import { FleetOracle } from './fleet-oracle.ts';
import { botIn } from './manifests.ts';
import { patiently } from './patiently.ts';

/** A round of edits under way. */
export interface Round {
  /** One bot comes, one goes, one is stopped. */
  edit(): Promise<void>;
  /** One loses its droplet, at DigitalOcean. */
  lose(): void;
}

const mostTries = 3;
/** How much longer than usual it may take to be level, once whatever was wrong is over. */
const laterMs = 1_000;

/** Rounds of the same edits, to be made while something is wrong and while nothing is. */
export class EditedFleet {
  readonly oracle: FleetOracle;
  readonly #fleet: FleetOnCluster;
  #rounds = 0;
  /** What a round takes while nothing is wrong. */
  #usualMs = 0;

  constructor(fleet: FleetOnCluster) {
    this.#fleet = fleet;
    this.oracle = new FleetOracle(fleet);
  }

  /** Makes the bots of a round and waits until all is level. */
  async round(): Promise<Round> {
    this.#rounds += 1;
    const named = (kind: string) => `${kind}-${this.#rounds}`;
    const [made, edited, deleted, lost] = ['made', 'edited', 'deleted', 'lost'].map(named) as [
      string,
      string,
      string,
      string,
    ];
    await this.#fleet.apply(...[edited, deleted, lost].map((name) => botIn('default', name)));
    await this.oracle.levelled();
    await this.#listed();
    const loser = await this.#bot(lost);
    return {
      edit: async () => {
        const stopped = botIn('default', edited, { powerState: 'Stopped' });
        const changes = this.#fleet.apply(botIn('default', made), stopped);
        await Promise.all([changes, this.#fleet.kubectl(['delete', 'bot', deleted, '--wait=false'])]);
      },
      lose: () => this.oracle.destroyBehindItsBack(loser),
    };
  }

  /** Once more, and the longest counts. */
  async measureUsual(): Promise<void> {
    const round = await this.round();
    round.lose();
    await round.edit();
    this.#usualMs = Math.max(this.#usualMs, await this.oracle.levelled());
  }

  /**
   * Something goes wrong in `wrong`, with a round made meanwhile, and is over when it resolves: within a second of
   * the usual time all is level, and everything was done once. A busy machine may need another try for the time.
   */
  async isLevelAfter(t: TestContext, wrong: (round: Round) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await wrong(await this.round());
      const took = Math.round(await this.oracle.levelled());
      t.diagnostic(`level after ${took} ms, usually after ${Math.round(this.#usualMs)}`);
      await this.oracle.assertExact();
      if (took < this.#usualMs + laterMs) return;
      assert.ok(tries < mostTries, `level after ${took} ms`);
      await this.measureUsual();
    }
  }

  /** The fleet is listed as it is now: of a droplet that no list has shown yet none is missed for a while. */
  async #listed(): Promise<void> {
    const { journal } = this.#fleet.simulator;
    const lists = () =>
      journal.entries({ route: 'GET /v2/droplets' }).filter(({ query }) => /tag_name/.test(query));
    const before = lists().length;
    // One may have been under way.
    await patiently('the fleet is listed', () => lists().length >= before + 2);
  }

  async #bot(name: string): Promise<BotObject> {
    return (await this.oracle.bots()).find(({ metadata }) => metadata.name === name) ?? assert.fail(name);
  }
}
