import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';

/** What was done on one state. */
export interface History {
  /** Births on record, by uid. */
  readonly births: Map<string, number>;
  /** The highest birth that was asked of the cloud, by the droplet's name. */
  readonly posted: Map<string, number>;
  /** When each droplet was last destroyed although nobody asked for that, by id; monotonic ms. */
  readonly unasked: Map<number, number>;
}

/** What holds from one life of a controller to the next, over the same state. */
export class Histories {
  readonly #histories = new Map<string, History>();

  of(source: DirectorySource): History {
    const { boundTo } = source.fleet().state;
    const known = this.#histories.get(boundTo);
    if (known) return known;
    const history = { births: new Map(), posted: new Map(), unasked: new Map() };
    this.#histories.set(boundTo, history);
    return history;
  }

  /** Another state is in force: it may know less. */
  forget(): void {
    this.#histories.clear();
  }
}
