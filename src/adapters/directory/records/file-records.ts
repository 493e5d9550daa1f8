import type { AccountRecord, BotRecord } from '../../../model/records.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { noProblems, noStatus } from '../../../model/sharing/declare-record.ts';
import type { SharedValues } from '../../../model/sharing/shared-values.ts';
import {
  type DeclarationID,
  type Declared,
  declarationID,
  partsOf,
  type ResourceKind,
  resourceUID,
} from '../declaration.ts';
import type { Declarations } from '../files/declarations.ts';
import type { Scan } from '../files/scan.ts';
import type { ResourceRow } from '../state/resource-table.ts';
import { declaredRecord, isBeingDeleted, nextAccount, nextBot } from './next-record.ts';
import { accountOfRow, botOfRow } from './record-of-row.ts';

/** A record before and after; `incarnation` is set where the record is new. */
export type RecordChange =
  | {
      readonly kind: 'Bot';
      readonly key: ResourceKey;
      readonly before: BotRecord | undefined;
      readonly after: BotRecord;
      readonly incarnation?: number;
    }
  | {
      readonly kind: 'Account';
      readonly key: ResourceKey;
      readonly before: AccountRecord | undefined;
      readonly after: AccountRecord | undefined;
      readonly incarnation?: number;
    };

/** What new records are made from. */
export interface RecordOrigin {
  readonly fleetID: string;
  /** ISO 8601. */
  readonly now: string;
  nextIncarnation(kind: ResourceKind, namespace: string, name: string): number;
}

type Present = Extract<Declared, { state: 'once' | 'repeated' }>;

/** The records in memory, and how they change with what is declared. */
export class FileRecords {
  readonly bots = new Map<ResourceKey, BotRecord>();
  readonly accounts = new Map<ResourceKey, AccountRecord>();
  /** Declared again while the predecessor’s deletion is under way. */
  readonly #waiting = new Map<ResourceKey, Present>();
  readonly #shared: SharedValues;

  constructor(shared: SharedValues) {
    this.#shared = shared;
  }

  /** Takes in what is stored. */
  load(row: ResourceRow): BotRecord | AccountRecord {
    if (row.kind === 'Bot') {
      const bot = botOfRow(row, this.#shared);
      this.bots.set(bot.key, bot);
      return bot;
    }
    const account = accountOfRow(row, this.#shared);
    this.accounts.set(account.key, account);
    return account;
  }

  /** Every record, by the name of its declaration. */
  ids(): DeclarationID[] {
    return [
      ...[...this.bots.keys()].map((key) => declarationID('Bot', key)),
      ...[...this.accounts.keys()].map((key) => declarationID('Account', key)),
    ];
  }

  /** Bots no longer declared, of which it was not found yet that nobody decided about them. */
  undecided(): DeclarationID[] {
    return [...this.bots.values()].flatMap(({ key, deletion }) =>
      deletion && deletion.wholesale === undefined ? [declarationID('Bot', key)] : [],
    );
  }

  /** How the records differ from what is declared after `look`. Nothing is changed yet. */
  changes(look: Scan, declarations: Declarations, origin: RecordOrigin): RecordChange[] {
    return [...look.touched].sort().flatMap((id) => {
      const declared = declarations.resolve(id, look);
      const change = declared && this.#change(id, declared, origin);
      return change ? [change] : [];
    });
  }

  /** The bot that takes the place of the one just released, when one is declared. */
  successor(key: ResourceKey, origin: RecordOrigin): RecordChange | undefined {
    const declared = this.#waiting.get(key);
    return declared && this.#newBot(declarationID('Bot', key), declared, origin);
  }

  apply(change: RecordChange): void {
    if (change.kind === 'Bot') this.bots.set(change.key, change.after);
    else if (change.after) this.accounts.set(change.key, change.after);
    else this.accounts.delete(change.key);
  }

  released(key: ResourceKey): void {
    this.bots.delete(key);
    this.#waiting.delete(key);
  }

  #change(id: DeclarationID, declared: Declared, origin: RecordOrigin): RecordChange | undefined {
    const { kind, key } = partsOf(id);
    return kind === 'Bot'
      ? this.#botChange(id, key, declared, origin)
      : this.#accountChange(id, key, declared, origin);
  }

  #botChange(id: DeclarationID, key: ResourceKey, declared: Declared, origin: RecordOrigin) {
    const before = this.bots.get(key);
    if (!before) return isPresent(declared) ? this.#newBot(id, declared, origin) : undefined;
    if (isBeingDeleted(before) && isPresent(declared)) this.#waiting.set(key, declared);
    else this.#waiting.delete(key);
    const after = nextBot(before, declared, origin.now, this.#shared);
    return after === before ? undefined : ({ kind: 'Bot', key, before, after } as const);
  }

  #accountChange(id: DeclarationID, key: ResourceKey, declared: Declared, origin: RecordOrigin) {
    const before = this.accounts.get(key);
    if (!before) return isPresent(declared) ? this.#newAccount(id, declared, origin) : undefined;
    const after = nextAccount(before, declared, this.#shared);
    return after === before ? undefined : ({ kind: 'Account', key, before, after } as const);
  }

  #newBot(id: DeclarationID, declared: Present, origin: RecordOrigin): RecordChange {
    const { incarnation, ...base } = this.#base(id, declared, origin);
    const record: BotRecord = { ...base, hasFinalizer: true, pristine: true };
    const after = declaredRecord(record, declared, this.#shared);
    return { kind: 'Bot', key: after.key, before: undefined, after, incarnation };
  }

  #newAccount(id: DeclarationID, declared: Present, origin: RecordOrigin): RecordChange {
    const { incarnation, ...base } = this.#base(id, declared, origin);
    const after = declaredRecord<AccountRecord>(base, declared, this.#shared);
    return { kind: 'Account', key: after.key, before: undefined, after, incarnation };
  }

  #base(id: DeclarationID, declared: Present, { fleetID, now, nextIncarnation }: RecordOrigin) {
    const { kind, key, namespace, name } = partsOf(id);
    const incarnation = nextIncarnation(kind, namespace, name);
    return {
      key,
      namespace: this.#shared.text(namespace),
      name,
      uid: resourceUID(fleetID, kind, namespace, name, incarnation),
      generation: 0,
      version: '0',
      createdAt: now,
      problems: noProblems,
      origin: declared.state === 'once' ? declared.declaration.where : declared.places.join(', '),
      spec: undefined,
      status: noStatus,
      incarnation,
    };
  }
}

function isPresent(declared: Declared): declared is Present {
  return declared.state === 'once' || declared.state === 'repeated';
}
