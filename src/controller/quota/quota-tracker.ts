import { type Claimant, type Grants, grantsOf, wantsDroplet } from '../../decide/grants.ts';
import type { Grant } from '../../decide/input.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import { type ResourceKey, resourceKey } from '../../model/resource-key.ts';
import { type AccountSpec, botLimit, tierOf } from '../../model/spec/account-spec.ts';

interface Entry extends Claimant {
  holds: boolean;
  wants: boolean;
  costUSD: number;
}

type Claim = Pick<Entry, 'holds' | 'wants' | 'costUSD'>;

interface Ledger {
  readonly entries: Map<ResourceKey, Entry>;
  holders: number;
  /** Those who want a place and hold none. */
  wanting: number;
  costUSD: number;
  /** Who is granted while places are scarce; undefined until asked for again. */
  granted: Grants | undefined;
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
export class QuotaTracker {
  readonly #ledgers = new Map<ResourceKey, Ledger>();
  readonly #accountOf = new Map<ResourceKey, ResourceKey>();
  readonly #now: () => number;

  /** `now` gives wall time, epoch milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

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
    set(ledger, entry, nothing);
    return account;
  }

  /** Takes the place at once, before the attempt is stored. */
  reserve(key: ResourceKey, costUSD: number): void {
    const account = this.#accountOf.get(key);
    const ledger = account && this.#ledgers.get(account);
    const entry = ledger?.entries.get(key);
    if (ledger && entry)
      set(ledger, entry, { ...entry, holds: true, costUSD: Math.max(entry.costUSD, costUSD) });
  }

  grant(key: ResourceKey, account: AccountRecord | undefined): Grant {
    const accountKey = this.#accountOf.get(key);
    const ledger = accountKey && this.#ledgers.get(accountKey);
    if (accountKey === undefined) return unknownAccount;
    if (!account?.spec || !ledger) return noAccount(accountKey, account);
    const limit = botLimit(account.spec);
    const entry = ledger.entries.get(key);
    if (entry?.holds || ledger.entries.size <= limit) return { granted: true };
    ledger.granted ??= grantsOf([...ledger.entries.values()], limit);
    return entry && ledger.granted(entry)
      ? { granted: true }
      : overQuota(account.spec, ledger.holders, limit);
  }

  /** The account's limit has changed. */
  limitChanged(account: ResourceKey): void {
    const ledger = this.#ledgers.get(account);
    if (ledger) ledger.granted = undefined;
  }

  /** Waiting are those who want a place and have none, beyond the places that `limit` leaves. */
  use(account: ResourceKey, limit: number): AccountUse {
    const ledger = this.#ledgers.get(account);
    if (!ledger) return { used: 0, waiting: 0, costMonthlyUSD: 0 };
    const free = Math.max(0, limit - ledger.holders);
    return {
      used: ledger.holders,
      waiting: Math.max(0, ledger.wanting - free),
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

  /** Bots of the account that want a place and hold none. */
  waiting(account: ResourceKey): ResourceKey[] {
    const entries = this.#ledgers.get(account)?.entries.values() ?? [];
    return [...entries].filter((entry) => entry.wants && !entry.holds).map((entry) => entry.key);
  }

  bots(account: ResourceKey): ResourceKey[] {
    return [...(this.#ledgers.get(account)?.entries.keys() ?? [])];
  }

  #put(account: ResourceKey, bot: BotRecord): boolean {
    const ledger = this.#ledgers.get(account) ?? this.#open(account);
    const { status } = bot;
    const holds = Boolean(status.droplet ?? status.createAttempt ?? status.placeHeld);
    const known = ledger.entries.get(bot.key);
    const entry = known ?? { key: bot.key, createdAt: bot.createdAt, ...nothing };
    ledger.entries.set(bot.key, entry);
    const costUSD = status.droplet?.priceMonthlyUSD || (status.createAttempt ? entry.costUSD : 0);
    const isMoved = set(ledger, entry, { holds, wants: wantsDroplet(bot, this.#now()), costUSD });
    return isMoved || !known;
  }

  #open(account: ResourceKey): Ledger {
    const ledger: Ledger = {
      entries: new Map(),
      ...{ holders: 0, wanting: 0, costUSD: 0, granted: undefined },
    };
    this.#ledgers.set(account, ledger);
    return ledger;
  }
}

export function accountKeyOf(bot: BotRecord): ResourceKey | undefined {
  return bot.spec && resourceKey(bot.namespace, bot.spec.accountRef.name);
}

const nothing: Claim = { holds: false, wants: false, costUSD: 0 };

function set(ledger: Ledger, entry: Entry, { holds, wants, costUSD }: Claim): boolean {
  if (entry.holds === holds && entry.wants === wants && entry.costUSD === costUSD) return false;
  ledger.holders += Number(holds) - Number(entry.holds);
  ledger.wanting += Number(wants && !holds) - Number(entry.wants && !entry.holds);
  ledger.costUSD += costUSD - entry.costUSD;
  Object.assign(entry, { holds, wants, costUSD });
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
  const message = `Account ${key} is not valid: \`clawfleet describe account\` says what is wrong. The bot goes on by itself once that is mended`;
  return { granted: false, reason: 'AccountInvalid', message, stalled: true };
}

function overQuota(spec: AccountSpec, used: number, limit: number): Grant {
  const source = spec.maxBots === undefined ? `tier ${tierOf(spec)}` : 'maxBots';
  const message = `The account allows ${limit} bots (${source}) and ${used} hold a place; waiting for one to become free`;
  return { granted: false, reason: 'QuotaExceeded', message, stalled: false };
}

function round(usd: number): number {
  return Math.round(usd * 100) / 100;
}
