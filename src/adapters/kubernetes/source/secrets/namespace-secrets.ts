import { compareVersions } from '../../client/kube-object.ts';
import type { SecretObject } from '../objects.ts';

/** More names than this in one namespace are watched by one watch over all its Secrets. */
const mostSingleWatches = 8;

/** What a watch tells of the Secrets it covers, at first too; undefined: there is none of that name any more. */
export type OnSecret = (name: string, object: SecretObject | undefined) => void;

export interface SecretWatch {
  /** Resolves once everything there is has been told. */
  readonly started: Promise<void>;
  stop(): void;
}

export interface NamespaceSecretsOptions {
  /** Undefined when there is none of that name. */
  readonly read: (name: string) => Promise<SecretObject | undefined>;
  /** Over the Secret of that name, or over all of the namespace. */
  readonly watch: (name: string | undefined, onSecret: OnSecret) => SecretWatch;
  /** Whether somebody refers to it: nothing is kept of any other. */
  readonly isUsed: (name: string) => boolean;
  /** It is another one than what was last given out. */
  readonly changed: (name: string) => void;
}

interface Known {
  object: SecretObject | undefined;
  /** As it was when it last was there. */
  last: SecretObject | undefined;
  /** A watch tells of whatever becomes of it. */
  current: boolean;
  /** How often a watch told of it. */
  notices: number;
  /** Version last given out; undefined when there was none. */
  given: string | undefined;
  /** Somebody was given it. */
  asked: boolean;
}

/**
 * The Secrets of one namespace that somebody has asked for. A few are watched each by its name, so that no other is
 * ever read; of many, one watch costs less: what nobody refers to is dropped as it arrives.
 */
export class NamespaceSecrets {
  readonly #options: NamespaceSecretsOptions;
  readonly #known = new Map<string, Known>();
  readonly #single = new Map<string, SecretWatch>();
  #wide: { readonly watch: SecretWatch; synced: boolean } | undefined;

  constructor(options: NamespaceSecretsOptions) {
    this.#options = options;
  }

  /** The Secret as it is now; undefined when there is none. */
  async get(name: string): Promise<SecretObject | undefined> {
    const known = this.#knownOf(name);
    known.asked = true;
    this.#watch(name);
    if (!known.current) await this.#read(name, known);
    known.given = known.object?.metadata.resourceVersion;
    return known.object;
  }

  /** As it was when it last was there, if that was seen. */
  last(name: string): SecretObject | undefined {
    return this.#known.get(name)?.last;
  }

  /** Nobody refers to it any more. */
  forget(name: string): void {
    this.#single.get(name)?.stop();
    this.#single.delete(name);
    this.#known.delete(name);
    if (this.#known.size === 0) this.stop();
  }

  stop(): void {
    this.#stopSingle();
    this.#wide?.watch.stop();
    this.#wide = undefined;
  }

  /** What was told while the answer was under way is newer than it. */
  async #read(name: string, known: Known): Promise<void> {
    const covered = this.#wide?.synced ?? false;
    const { notices } = known;
    const object = await this.#options.read(name);
    if (known.notices !== notices) return;
    keep(known, object);
    known.current = covered;
  }

  #knownOf(name: string): Known {
    const known = this.#known.get(name) ?? {
      object: undefined,
      last: undefined,
      current: false,
      notices: 0,
      given: undefined,
      asked: false,
    };
    this.#known.set(name, known);
    return known;
  }

  #watch(name: string): void {
    if (this.#wide || this.#single.has(name)) return;
    if (this.#single.size >= mostSingleWatches) this.#widen();
    else this.#watchSingle(name);
  }

  #watchSingle(name: string): void {
    const watch = this.#options.watch(name, (seen, object) => this.#seen(seen, object));
    this.#single.set(name, watch);
    void watch.started.then(() => this.#absentUnlessTold(name, watch));
  }

  /** A watch that has begun and told nothing says that there is no such Secret. */
  #absentUnlessTold(name: string, watch: SecretWatch): void {
    const known = this.#known.get(name);
    if (known && !known.current && this.#single.get(name) === watch) this.#seen(name, undefined);
  }

  /** The single watches go on until the wide one has begun, so that nothing is missed. */
  #widen(): void {
    const watch = this.#options.watch(undefined, (name, object) => this.#seen(name, object));
    const wide = { watch, synced: false };
    this.#wide = wide;
    void watch.started.then(() => {
      if (this.#wide !== wide) return;
      wide.synced = true;
      this.#stopSingle();
    });
  }

  #seen(name: string, object: SecretObject | undefined): void {
    if (!this.#options.isUsed(name)) return;
    const known = this.#knownOf(name);
    if (object && known.object && isOlder(object, known.object)) return;
    keep(known, object);
    known.current = true;
    known.notices += 1;
    const version = object?.metadata.resourceVersion;
    if (!known.asked || known.given === version) return;
    known.given = version;
    this.#options.changed(name);
  }

  #stopSingle(): void {
    for (const watch of this.#single.values()) watch.stop();
    this.#single.clear();
  }
}

function keep(known: Known, object: SecretObject | undefined): void {
  known.object = object;
  known.last = object ?? known.last;
}

/** Two watches may tell of the same Secret for a while. */
function isOlder(object: SecretObject, than: SecretObject): boolean {
  return compareVersions(object.metadata.resourceVersion, than.metadata.resourceVersion) < 0;
}
