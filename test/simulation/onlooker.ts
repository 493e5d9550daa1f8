import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';
import { birthsOf } from '../../src/model/birth.ts';
import type { ResourceKey } from '../../src/model/resource-key.ts';
import { Histories } from './histories.ts';
import { judgeAction } from './judge-action.ts';
import { judgeCreate } from './judge-create.ts';
import { judgeDestroy } from './judge-destroy.ts';
import { Readings } from './readings.ts';
import type { Truth } from './truth.ts';
import type { Witness } from './world.ts';

/** Watches every request and every write of a run, and holds each against the truth. */
export class Onlooker implements Witness {
  readonly violations: string[] = [];
  /** Creates beside a living droplet that a long lie or a second controller explains. */
  excused = 0;
  readonly #truth: Truth;
  readonly #readings = new Readings();
  readonly #histories = new Histories();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** Another state is in force. */
  stateChanged(): void {
    this.#histories.forget();
  }

  asked(by: DirectorySource, method: string, path: string, body: string): void {
    if (method === 'GET') return;
    if (path === '/v2/droplets') this.#create(by, body);
    const id = idOf(path);
    const droplet = this.#truth.droplets().find((one) => one.id === id && !one.dying);
    if (!droplet) return;
    const history = this.#histories.of(by);
    if (method === 'DELETE') {
      this.tell(judgeDestroy(this.#truth, history, by, this.#readings, droplet));
      this.#truth.ledger.ordered.add(droplet.id);
    }
    if (path.endsWith('/actions')) this.tell(judgeAction(this.#truth, by, droplet, JSON.parse(body).type));
  }

  answered(by: DirectorySource, method: string, path: string, status: number | undefined): void {
    this.#truth.droplets();
    const id = idOf(path);
    if (id === undefined) return;
    if (method !== 'GET') this.#readings.changed(by, id);
    else if (path === `/v2/droplets/${id}` && status === 200) this.#readings.read(by, id, this.#truth.now);
  }

  /** No two bots have one droplet on record, and births only rise. */
  stored(by: DirectorySource): void {
    const holders = new Map<number, ResourceKey>();
    const { births } = this.#histories.of(by);
    for (const { key, uid, status } of by.bots()) {
      const known = birthsOf(status);
      if (known < (births.get(uid) ?? 0)) this.tell([`the births of ${key} fell to ${known}`]);
      births.set(uid, known);
      const id = status.droplet?.id;
      if (id === undefined) continue;
      if (holders.has(id)) this.tell([`${holders.get(id)} and ${key} both record droplet ${id}`]);
      holders.set(id, key);
      this.#truth.ledger.recorded.add(id);
    }
  }

  #create(by: DirectorySource, body: string): void {
    const { wrong, excused } = judgeCreate(this.#truth, this.#histories.of(by), by, JSON.parse(body));
    this.excused += excused;
    this.tell(wrong);
  }

  /** Notes what is wrong now. */
  tell(wrong: readonly string[]): void {
    const at = `${(this.#truth.now / 1000).toFixed(1)}s`;
    this.violations.push(...wrong.map((what) => `${at} ${what}`));
  }
}

/** Of the droplet that the path names. */
function idOf(path: string): number | undefined {
  const match = /^\/v2\/droplets\/(\d+)/.exec(path);
  return match ? Number(match[1]) : undefined;
}
