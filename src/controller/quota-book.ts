import { grants } from '../decide/grants.ts';
import type { Grant } from '../decide/input.ts';
import { type AccountSpec, botLimit } from '../model/account-spec.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import { type ResourceKey, resourceKey } from '../model/resource-key.ts';

interface Entry {
  readonly key: ResourceKey;
  readonly createdAt: string;
  holds: boolean;
  costUSD: number;
}

interface Ledger {
  readonly entries: Map<ResourceKey, Entry>;
  holders: number;
  costUSD: number;
  /** Who is granted while places are scarce; undefined until asked for again. */
  granted: Set<ResourceKey> | undefined;
}

export interface AccountUse {
  readonly used: number;
  readonly waiting: number;
  readonly costMonthlyUSD: number;
}

/**
 * The claims on every account's quota, kept in memory and rebuilt from the bots' status at start: no stored counter
 * that could drift. One event loop runs it, and a place is taken in the same turn in which it is granted.
 */
export class QuotaBook {
  readonly #ledgers = new Map<ResourceKey, Ledger>();
  readonly #accountOf = new Map<ResourceKey, ResourceKey>();

  /** Takes in a bot as it is; returns the accounts whose places may have changed hands. */
  update(bot: BotRecord): ResourceKey[] {
    const account = accountKeyOf(bot);
    const before = this.#accountOf.get(bot.key);
    const left = before !== undefined && before !== account ? this.remove(bot.key) : undefined;
    const moved = left === undefined ? [] : [left];
    if (account === undefined) return moved;
    this.#accountOf.set(bot.key, account);
    return this.#put(account, bot) ? [...moved, account] : moved;
  }

  remove(key: ResourceKey): ResourceKey | undefined {
    const account = this.#accountOf.get(key);
    const ledger = account && this.#ledgers.get(account);
    const entry = ledger?.entries.get(key);
    if (!ledger || !entry) return undefined;
    this.#accountOf.delete(key);
    ledger.entries.delete(key);
    if (entry.holds) ledger.holders -= 1;
    ledger.costUSD -= entry.costUSD;
    ledger.granted = undefined;
    return account;
  }

  /** Takes the place at once, before the attempt is stored. */
  reserve(key: ResourceKey, costUSD: number): void {
    const account = this.#accountOf.get(key);
    const ledger = account && this.#ledgers.get(account);
    const entry = ledger?.entries.get(key);
    if (ledger && entry) set(ledger, entry, true, Math.max(entry.costUSD, costUSD));
  }

  grant(key: ResourceKey, account: AccountRecord | undefined): Grant {
    const accountKey = this.#accountOf.get(key);
    const ledger = accountKey && this.#ledgers.get(accountKey);
    if (accountKey === undefined) return unknownAccount;
    if (!account?.spec || !ledger) return noAccount(accountKey, account);
    const limit = botLimit(account.spec);
    if (ledger.entries.get(key)?.holds || ledger.entries.size <= limit) return { granted: true };
    ledger.granted ??= grants([...ledger.entries.values()], limit);
    return ledger.granted.has(key) ? { granted: true } : overQuota(account.spec, ledger.holders, limit);
  }

  /** The account's limit has changed. */
  limitChanged(account: ResourceKey): void {
    const ledger = this.#ledgers.get(account);
    if (ledger) ledger.granted = undefined;
  }

  /** Waiting are those without a place, beyond the places that `limit` leaves. */
  use(account: ResourceKey, limit: number): AccountUse {
    const ledger = this.#ledgers.get(account);
    if (!ledger) return { used: 0, waiting: 0, costMonthlyUSD: 0 };
    const free = Math.max(0, limit - ledger.holders);
    return {
      used: ledger.holders,
      waiting: Math.max(0, ledger.entries.size - ledger.holders - free),
      costMonthlyUSD: this.costUSD(account),
    };
  }

  /** List price of the account's droplets for a month, those being created included. */
  costUSD(account: ResourceKey): number {
    return round(this.#ledgers.get(account)?.costUSD ?? 0);
  }

  /** What the bot's droplet costs, or the one that it has a place for. */
  reservedUSD(key: ResourceKey): number {
    const account = this.#accountOf.get(key);
    return (account && this.#ledgers.get(account)?.entries.get(key)?.costUSD) ?? 0;
  }

  /** Bots of the account that hold no place. */
  waiting(account: ResourceKey): ResourceKey[] {
    const entries = this.#ledgers.get(account)?.entries.values() ?? [];
    return [...entries].filter((entry) => !entry.holds).map((entry) => entry.key);
  }

  bots(account: ResourceKey): ResourceKey[] {
    return [...(this.#ledgers.get(account)?.entries.keys() ?? [])];
  }

  #put(account: ResourceKey, bot: BotRecord): boolean {
    const ledger = this.#ledgers.get(account) ?? this.#open(account);
    const { status } = bot;
    const holds = Boolean(status.droplet ?? status.createAttempt ?? status.placeHeld);
    const costUSD = status.droplet?.priceMonthlyUSD ?? 0;
    const entry = ledger.entries.get(bot.key);
    if (entry) return set(ledger, entry, holds, costUSD || (status.createAttempt ? entry.costUSD : 0));
    ledger.entries.set(bot.key, { key: bot.key, createdAt: bot.createdAt, holds, costUSD });
    if (holds) ledger.holders += 1;
    ledger.costUSD += costUSD;
    ledger.granted = undefined;
    return true;
  }

  #open(account: ResourceKey): Ledger {
    const ledger: Ledger = { entries: new Map(), holders: 0, costUSD: 0, granted: undefined };
    this.#ledgers.set(account, ledger);
    return ledger;
  }
}

export function accountKeyOf(bot: BotRecord): ResourceKey | undefined {
  return bot.spec && resourceKey(bot.namespace, bot.spec.accountRef.name);
}

function set(ledger: Ledger, entry: Entry, holds: boolean, costUSD: number): boolean {
  if (entry.holds === holds && entry.costUSD === costUSD) return false;
  ledger.holders += Number(holds) - Number(entry.holds);
  ledger.costUSD += costUSD - entry.costUSD;
  entry.holds = holds;
  entry.costUSD = costUSD;
  ledger.granted = undefined;
  return true;
}

/** Of a bot that never had a valid declaration: which account it names is anybody's guess. */
const unknownAccount: Grant = {
  granted: false,
  reason: 'InvalidSpec',
  message: 'A place is granted once the bot’s declaration is valid',
  stalled: true,
};

function noAccount(key: ResourceKey, account: AccountRecord | undefined): Grant {
  if (!account) {
    const message = `Account ${key} does not exist; declare it and the bot goes on by itself`;
    return { granted: false, reason: 'AccountNotFound', message, stalled: true };
  }
  const message = `Account ${key} is not valid; mend it and the bot goes on by itself: \`clawfleet describe account\` tells what is wrong`;
  return { granted: false, reason: 'AccountInvalid', message, stalled: true };
}

function overQuota(spec: AccountSpec, used: number, limit: number): Grant {
  const source = spec.maxBots === undefined ? `tier ${spec.tier ?? 'free'}` : 'maxBots';
  const message = `The account allows ${limit} bots (${source}) and ${used} hold a place; waiting for one to become free`;
  return { granted: false, reason: 'QuotaExceeded', message, stalled: false };
}

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}
