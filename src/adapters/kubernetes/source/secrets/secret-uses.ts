import type { AccountRecord, BotRecord } from '../../../../model/records.ts';
import type { ResourceKey } from '../../../../model/resource-key.ts';

/** `namespace/name` of a Secret. */
export type SecretKey = `${string}/${string}`;

export interface SecretUsers {
  readonly bots: ReadonlySet<ResourceKey>;
  readonly accounts: ReadonlySet<ResourceKey>;
}

type Kind = keyof SecretUsers;

const nobody: SecretUsers = { bots: new Set(), accounts: new Set() };

/** Which Secrets are referred to, and by whom: only these are ever watched. */
export class SecretUses {
  readonly #users = new Map<
    SecretKey,
    { readonly bots: Set<ResourceKey>; readonly accounts: Set<ResourceKey> }
  >();
  readonly #used = { bots: new Map<ResourceKey, SecretKey>(), accounts: new Map<ResourceKey, SecretKey>() };
  readonly #onUnused: (secret: SecretKey) => void;

  constructor(onUnused: (secret: SecretKey) => void) {
    this.#onUnused = onUnused;
  }

  bot(key: ResourceKey, record: BotRecord | undefined): void {
    this.#set('bots', key, record?.namespace, record?.spec?.llm?.apiKey.secretRef?.name);
  }

  account(key: ResourceKey, record: AccountRecord | undefined): void {
    this.#set('accounts', key, record?.namespace, record?.spec?.tokenSecretRef?.name);
  }

  usersOf(secret: SecretKey): SecretUsers {
    return this.#users.get(secret) ?? nobody;
  }

  isUsed(secret: SecretKey): boolean {
    return this.#users.has(secret);
  }

  #set(kind: Kind, user: ResourceKey, namespace: string | undefined, name: string | undefined): void {
    const before = this.#used[kind].get(user);
    const after: SecretKey | undefined = name === undefined ? undefined : `${namespace}/${name}`;
    if (before === after) return;
    if (after !== undefined) this.#add(kind, user, after);
    if (before !== undefined) this.#remove(kind, user, before);
  }

  #add(kind: Kind, user: ResourceKey, secret: SecretKey): void {
    const users = this.#users.get(secret) ?? { bots: new Set(), accounts: new Set() };
    users[kind].add(user);
    this.#users.set(secret, users);
    this.#used[kind].set(user, secret);
  }

  #remove(kind: Kind, user: ResourceKey, secret: SecretKey): void {
    if (this.#used[kind].get(user) === secret) this.#used[kind].delete(user);
    const users = this.#users.get(secret);
    users?.[kind].delete(user);
    if (!users || users.bots.size + users.accounts.size > 0) return;
    this.#users.delete(secret);
    this.#onUnused(secret);
  }
}
