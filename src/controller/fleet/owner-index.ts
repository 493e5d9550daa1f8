import { ownStatus } from '../../decide/presence/starting-status.ts';
import { MultiMap } from '../../kit/multi-map.ts';
import { agentIDsOf } from '../../model/agent-credentials.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

interface Owned {
  readonly uid: string;
  readonly dropletID: number | undefined;
  /** The id by which the agent of an adopted droplet knows itself. */
  readonly adoptedID: string | undefined;
}

/** Which bot a droplet, a uid or an agent's id belongs to, as the bots' records say now. */
export class OwnerIndex {
  /** More than one holder only if somebody put a state together; none of them is acted on then. */
  readonly #byDroplet = new MultiMap<number, ResourceKey>();
  readonly #byUID = new Map<string, ResourceKey>();
  /** Nothing keeps two adopted droplets from bringing the same id. */
  readonly #byAdoptedID = new MultiMap<string, ResourceKey>();
  readonly #of = new Map<ResourceKey, Owned>();

  update(bot: BotRecord): void {
    const { key, uid } = bot;
    const dropletID = ownStatus(bot).droplet?.id;
    const [, adoptedID] = agentIDsOf(bot);
    const before = this.#of.get(key);
    if (before?.uid === uid && before.dropletID === dropletID && before.adoptedID === adoptedID) return;
    this.remove(key);
    this.#of.set(key, { uid, dropletID, adoptedID });
    this.#byUID.set(uid, key);
    if (dropletID !== undefined) this.#byDroplet.add(dropletID, key);
    if (adoptedID !== undefined) this.#byAdoptedID.add(adoptedID, key);
  }

  remove(key: ResourceKey): void {
    const before = this.#of.get(key);
    if (!before) return;
    const { uid, dropletID, adoptedID } = before;
    this.#of.delete(key);
    if (this.#byUID.get(uid) === key) this.#byUID.delete(uid);
    if (dropletID !== undefined) this.#byDroplet.delete(dropletID, key);
    if (adoptedID !== undefined) this.#byAdoptedID.delete(adoptedID, key);
  }

  ofDroplet(id: number): ResourceKey | undefined {
    return this.holdersOf(id)[0];
  }

  /** Every bot that records the droplet. */
  holdersOf(id: number): readonly ResourceKey[] {
    return this.#byDroplet.of(id);
  }

  ofUID(uid: string): ResourceKey | undefined {
    return this.#byUID.get(uid);
  }

  /** The bots whose agents may know themselves by the id: their own uid, or one that an adopted droplet brought. */
  ofAgentID(id: string): readonly ResourceKey[] {
    const own = this.ofUID(id);
    const adopted = this.#byAdoptedID.of(id);
    if (own === undefined) return adopted;
    // The usual case, which ten thousand agents ask for again and again.
    return adopted.length === 0 ? [own] : [...new Set([own, ...adopted])];
  }
}
