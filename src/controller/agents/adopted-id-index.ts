import { agentIDsOf } from '../../model/agent-credentials.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';

/** Which bots the agents of adopted droplets mean by the ids they came with. Nothing keeps two of those ids from being equal. */
export class AdoptedIDIndex {
  readonly #keys = new Map<string, readonly ResourceKey[]>();
  readonly #idOf = new Map<ResourceKey, string>();

  update(bot: BotRecord): void {
    const [, id] = agentIDsOf(bot);
    if (this.#idOf.get(bot.key) === id) return;
    this.forget(bot.key);
    if (id === undefined) return;
    this.#idOf.set(bot.key, id);
    this.#keys.set(id, [...this.of(id), bot.key]);
  }

  forget(key: ResourceKey): void {
    const id = this.#idOf.get(key);
    if (id === undefined) return;
    this.#idOf.delete(key);
    const left = this.of(id).filter((other) => other !== key);
    if (left.length > 0) this.#keys.set(id, left);
    else this.#keys.delete(id);
  }

  of(id: string): readonly ResourceKey[] {
    return this.#keys.get(id) ?? [];
  }
}
