import type { Problem } from './problem.ts';
import type { ResourceKey } from './resource-key.ts';
import type { AccountSpec, AccountStatus } from './spec/account-spec.ts';
import type { BotSpec } from './spec/bot-spec.ts';
import type { BotStatus } from './spec/bot-status.ts';

/** What every record carries, whatever the source. Times are ISO 8601. */
interface RecordBase {
  readonly key: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Rises whenever the spec changes. */
  readonly generation: number;
  /** Opaque; compare-and-swap on status goes by it. */
  readonly version: string;
  readonly createdAt: string;
  /** Problems of what is declared now. The spec is then the last good one, if there ever was one. */
  readonly problems: readonly Problem[];
  /** Where it is declared, for messages: a file and line, or the object’s name. */
  readonly origin: string;
}

/**
 * Set once the bot is to go. `implicit`: it merely is no longer declared, which a mass loss may also look
 * like.
 */
export interface Deletion {
  readonly requestedAt: string;
  readonly implicit: boolean;
  /**
   * Every bot goes at once, for this reason; nobody asked for this one. Held until confirmed, however few
   * they are.
   */
  readonly wholesale?: string;
}

/** A Bot as a source gives it: declared spec, stored status. Never mutated. */
export interface BotRecord extends RecordBase {
  /** Undefined when no valid declaration was ever seen. */
  readonly spec: BotSpec | undefined;
  readonly status: BotStatus;
  readonly deletion?: Deletion;
  /**
   * Whether the source holds the record until `release` (a finalizer). The cloud is not changed before that.
   */
  readonly hasFinalizer: boolean;
  /**
   * The source proves that nothing was ever attempted for this uid; a status that merely is empty may have
   * been wiped.
   */
  readonly pristine: boolean;
}

/** An Account as a source gives it. */
export interface AccountRecord extends RecordBase {
  readonly spec: AccountSpec | undefined;
  readonly status: AccountStatus;
}

export type AnyRecord = BotRecord | AccountRecord;

type Ending = Pick<BotRecord, 'deletion' | 'spec' | 'status' | 'hasFinalizer'>;

/** Whether the bot is on its way out: its deletion is asked for, and its declaration does not forbid it. */
export function isEnding(bot: Ending): boolean {
  return bot.deletion !== undefined && !isProtected(bot);
}

/**
 * Whether `spec.deletionProtection` keeps a bot whose deletion is asked for. A deletion that has begun goes
 * on, and a record that the source does not hold for the controller would go in any case.
 */
export function isProtected({ deletion, spec, status, hasFinalizer }: Ending): boolean {
  return (
    deletion !== undefined && spec?.deletionProtection === true && hasFinalizer && status.phase !== 'Deleting'
  );
}
