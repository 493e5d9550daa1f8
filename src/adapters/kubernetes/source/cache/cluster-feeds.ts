import type { ResourceKey } from '../../../../model/resource-key.ts';
import { SharedValues } from '../../../../model/sharing/shared-values.ts';
import { fleetConfigMapName } from '../fleet/fleet-config-map.ts';
import type { KubernetesOptions } from '../kubernetes-options.ts';
import {
  type AccountObject,
  accountType,
  type BotObject,
  botType,
  type ConfigMapObject,
  configMapType,
} from '../objects.ts';
import { Feed } from './feed.ts';
import { keptAccount, keptBot } from './kept-objects.ts';

interface Taker<T> {
  seen(object: T): void;
  gone(key: ResourceKey): void;
}

export interface ClusterFeedSinks {
  readonly bots: Taker<BotObject>;
  readonly accounts: Taker<AccountObject>;
  /** Undefined: the record is gone. */
  readonly fleet: (object: ConfigMapObject | undefined) => void;
  /** For what is watched at a path: its failure, or undefined when it works. */
  readonly onHealth: (path: string, failure: string | undefined) => void;
}

/** Everything that a controller watches, Secrets apart. */
export interface ClusterFeeds {
  readonly bots: Feed<BotObject>;
  readonly accounts: Feed<AccountObject>;
  readonly fleet: Feed<ConfigMapObject>;
}

/** Equal parts of the objects that are kept are one object. */
export function clusterFeeds(options: KubernetesOptions, sinks: ClusterFeedSinks): ClusterFeeds {
  const { namespaces } = options;
  const { onHealth } = sinks;
  const shared = new SharedValues();
  return {
    bots: new Feed<BotObject>(options, {
      ...{ type: botType, namespaces, onHealth },
      keep: (object) => keptBot(object, shared),
      seen: (object) => sinks.bots.seen(object),
      gone: (key) => sinks.bots.gone(key),
    }),
    accounts: new Feed<AccountObject>(options, {
      ...{ type: accountType, namespaces, onHealth },
      keep: (object) => keptAccount(object, shared),
      seen: (object) => sinks.accounts.seen(object),
      gone: (key) => sinks.accounts.gone(key),
    }),
    fleet: new Feed<ConfigMapObject>(options, {
      ...{ type: configMapType, namespaces: [options.namespace], onHealth },
      filterQuery: { fieldSelector: `metadata.name=${fleetConfigMapName}` },
      seen: (object) => sinks.fleet(object),
      gone: () => sinks.fleet(undefined),
    }),
  };
}

/** Whether what is watched is in reach: each feed tells its failure and its recovery. */
export class FeedHealth {
  readonly #failures = new Map<string, string>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get failure(): string | undefined {
    const [first] = this.#failures;
    return first && `${first[0]} cannot be watched: ${first[1]}`;
  }

  /** Of what is watched at `path`: its failure, or undefined when it works. */
  tell(path: string, failure: string | undefined): void {
    const before = this.#failures.size;
    if (failure === undefined) this.#failures.delete(path);
    else this.#failures.set(path, failure);
    if ((before === 0) !== (this.#failures.size === 0)) this.#onChange();
  }
}
