import type { KubeAPI } from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import type { KubeObject } from '../../../../src/adapters/kubernetes/client/kube-object.ts';
import {
  Reflector,
  type ReflectorOptions,
} from '../../../../src/adapters/kubernetes/client/watch/reflector.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { until } from '../../../lab/until.ts';

/** A ConfigMap. */
export interface Thing extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A Reflector and everything that it told. */
export class Watched {
  readonly reflector: Reflector<Thing>;
  /** `name=value`, or `name` when it is gone; with a `!` before it when it is live. */
  readonly told: string[] = [];
  /** The failures, and `ok`. */
  readonly health: string[] = [];

  constructor(client: KubeAPI, path: string, options: Partial<ReflectorOptions<Thing>> = {}) {
    this.reflector = new Reflector<Thing>({
      client,
      path,
      clock: systemClock,
      chance: systemChance,
      log: silentLog,
      onChange: (key, object, live) => {
        const name = key.split('/')[1];
        const value = object && `=${object.data?.['value']}`;
        this.told.push(`${live ? '!' : ''}${name}${value ?? ''}`);
      },
      onHealth: (failure) => this.health.push(failure ?? 'ok'),
      ...options,
    });
  }

  /** The values by name, as its listeners know them. */
  get known(): Record<string, string> {
    const known: Record<string, string> = {};
    for (const told of this.told) {
      const [name = '', value] = told.replace('!', '').split('=');
      if (value === undefined) delete known[name];
      else known[name] = value;
    }
    return known;
  }

  /** Resolves when the listeners know `name` with this value, or that it is gone. */
  knows(name: string, value: string | undefined, withinMs = 10_000): Promise<void> {
    const what = `${name}=${value} to be told (last: ${this.told.slice(-3)}, health ${this.health.at(-1)})`;
    return until(what, withinMs, 2, () => this.known[name] === value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reflector.stop();
  }
}
