import type { FleetState } from '../../../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import type { SourceHealth, StoredEvent } from '../../../ports/source.ts';
import type { SourceReader } from '../../../ports/source-reader.ts';
import { type KubeObject, keyOf } from '../client/kube-object.ts';
import type { ResourceType } from '../client/resource-path.ts';
import { Feed } from './cache/feed.ts';
import { ClusterSnapshot } from './cluster-snapshot.ts';
import { requireDefinitions } from './definition-check.ts';
import type { KubernetesReaderOptions } from './kubernetes-options.ts';
import { type AccountObject, accountType, type BotObject, botType } from './objects.ts';
import { readSecret, secretValue } from './secrets/secret-cache.ts';
import { storedEvents } from './stored-events.ts';

/**
 * Looks at a cluster from outside the controller, under the user's own rights; changes nothing. What is read is as it
 * was at the opening, until somebody watches. Closing leaves the client open.
 */
export async function openKubernetesReader(options: KubernetesReaderOptions): Promise<SourceReader> {
  await requireDefinitions(options.client, options.namespaces);
  return new KubernetesReader(options, await ClusterSnapshot.take(options));
}

class KubernetesReader implements SourceReader {
  readonly #options: KubernetesReaderOptions;
  readonly #snapshot: ClusterSnapshot;
  readonly #watching = new Set<() => void>();

  constructor(options: KubernetesReaderOptions, snapshot: ClusterSnapshot) {
    this.#options = options;
    this.#snapshot = snapshot;
  }

  bots(): readonly BotRecord[] {
    return this.#snapshot.bots();
  }

  accounts(): readonly AccountRecord[] {
    return this.#snapshot.accounts();
  }

  events(key?: ResourceKey): Promise<readonly StoredEvent[]> {
    return storedEvents(this.#options.client, this.#options.namespaces, key);
  }

  fleet(): FleetState | undefined {
    return this.#snapshot.fleet();
  }

  health(): SourceHealth {
    return { whole: this.#options.namespaces === undefined, problems: [] };
  }

  boundNow(): string {
    return this.#snapshot.boundNow();
  }

  async secret(namespace: string, ref: SecretKeyRef): Promise<string | undefined> {
    const object = await readSecret(this.#options.client, namespace, ref.name);
    const hasKey = Object.hasOwn(object?.data ?? {}, ref.key);
    return hasKey ? secretValue(object, `${namespace}/${ref.name}`, ref.key) : undefined;
  }

  watch(onChange: () => void): () => void {
    const told = gathered(onChange);
    const bots = new Set<ResourceKey>();
    const accounts = new Set<ResourceKey>();
    const feeds = [
      this.#feed<BotObject>(
        botType,
        bots,
        told,
        (object) => this.#snapshot.putBot(object),
        (key) => this.#snapshot.dropBot(key),
      ),
      this.#feed<AccountObject>(
        accountType,
        accounts,
        told,
        (object) => this.#snapshot.putAccount(object),
        (key) => this.#snapshot.dropAccount(key),
      ),
    ];
    void Promise.all(feeds.map((feed) => feed.start())).then(() => {
      // What went between the snapshot and the first listing is told by nobody else.
      if (this.#watching.has(stop)) told(() => this.#snapshot.keepOnly(bots, accounts));
    });
    const stop = () => {
      this.#watching.delete(stop);
      for (const feed of feeds) void feed.stop();
    };
    this.#watching.add(stop);
    return stop;
  }

  close(): void {
    for (const stop of this.#watching) stop();
  }

  #feed<T extends KubeObject>(
    type: ResourceType,
    present: Set<ResourceKey>,
    told: (change: () => void) => void,
    put: (object: T) => void,
    drop: (key: ResourceKey) => void,
  ): Feed<T> {
    const { namespaces, log } = this.#options;
    return new Feed<T>(this.#options, {
      type,
      namespaces,
      seen: (object) => {
        present.add(keyOf(object));
        told(() => put(object));
      },
      gone: (key) => {
        present.delete(key);
        told(() => drop(key));
      },
      onHealth: (path, failure) => {
        if (failure !== undefined) log.warn({ path }, failure);
      },
    });
  }
}

/** Applies each change at once, and tells of those of one turn together. */
function gathered(onChange: () => void): (change: () => void) => void {
  let due = false;
  return (change) => {
    change();
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      onChange();
    });
  };
}
