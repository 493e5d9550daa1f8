import type { FleetState } from '../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { SecretKeyRef } from '../model/spec/llm-spec.ts';
import type { SourceHealth, StoredEvent } from './source.ts';

/** A look at a source from outside the controller, running or not: what `get`, `describe`, `plan` and `wait` read. */
export interface SourceReader {
  bots(): readonly BotRecord[];
  accounts(): readonly AccountRecord[];
  /** Newest last; of whatever bears this name, an earlier bot as well as an account, or of all. */
  events(key?: ResourceKey): Promise<readonly StoredEvent[]>;
  /** Undefined before the controller first ran. */
  fleet(): FleetState | undefined;
  health(): SourceHealth;
  /** Identity of the source as it is now; compare `FleetState.boundTo`. */
  boundNow(): string;
  /** The value of a key of a Secret, when it is there. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string | undefined>;
  /** Calls back soon after something may have changed; the reads above then see it. Returns the way to stop. */
  watch(onChange: () => void): () => void;
  close(): void;
}

/** One field to set, by its path below the document’s root, such as `['spec', 'powerState']`. */
export interface FieldEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Someone else declares what an edit changes; all for a person to read. */
export interface FieldClaim {
  /** Such as `spec.powerState`, or where the declaration stands. */
  readonly field: string;
  readonly owner: string;
  /** What becomes of the edit, or of the owner's next run, such as `the next … puts its own value back`. */
  readonly consequence: string;
  /** How to do it there, such as `change it in git`. */
  readonly instead: string;
}

/** What an edit of a declaration did, for a person to read. */
export interface EditResult {
  readonly where: string;
  readonly changed: boolean;
  /** What is left for the person to do, as a sentence. */
  readonly toDo?: string;
}

/** Changes what is declared, as a person would: the file in place, comments kept; or a patch. */
export interface SourceEditor {
  edit(key: ResourceKey, edits: readonly FieldEdit[]): Promise<EditResult>;
  /** Who else declares what such an edit changes, or, without edits, the place of a new declaration. */
  claims(key: ResourceKey, edits: readonly Pick<FieldEdit, 'path'>[]): Promise<readonly FieldClaim[]>;
  /** Changes the fleet's own record by `change`, whoever else writes it meanwhile. */
  editFleet(change: (state: FleetState) => FleetState): Promise<FleetState>;
  /** Declares a new bot from a manifest's text. Refused when one of that name is declared already. */
  add(manifest: string, name: string): Promise<EditResult>;
}
