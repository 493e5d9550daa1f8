import type { FleetState } from '../model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { SecretKeyRef } from '../model/spec/llm-spec.ts';
import type { SourceHealth, StoredEvent } from './source.ts';

/**
 * Reads a source from outside the controller, whether that runs or not: for
 * `get`, `describe`, `plan` and `wait`.
 */
export interface SourceReader {
  bots(): readonly BotRecord[];
  accounts(): readonly AccountRecord[];
  /** Newest last. With `key` the events of everything of that name, such as an earlier bot or an account. */
  events(key?: ResourceKey): Promise<readonly StoredEvent[]>;
  /** Undefined until the controller has run once. */
  fleet(): FleetState | undefined;
  health(): SourceHealth;
  /** Present identity of the source; compare `FleetState.boundTo`. */
  boundNow(): string;
  /** The value of a key of a Secret, if there is one. */
  secret(namespace: string, ref: SecretKeyRef): Promise<string | undefined>;
  /**
   * Calls `onChange` soon after something may have changed; the reads above then show it.
   * Returns the function that stops it.
   */
  watch(onChange: () => void): () => void;
  close(): void;
}

/** One field to set, by its path below the document’s root, such as `['spec', 'powerState']`. */
export interface FieldEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Someone else's claim to a field that an edit changes; all texts are for people. */
export interface FieldClaim {
  /** Such as `spec.powerState`, or the place of the declaration. */
  readonly field: string;
  readonly owner: string;
  /** What happens to the edit or on the owner's next run, such as `the next … puts its own value back`. */
  readonly consequence: string;
  /** How to do it there, such as `change it in git`. */
  readonly instead: string;
}

/** What an edit of a declaration did, for people. */
export interface EditResult {
  readonly where: string;
  readonly changed: boolean;
  /** What the person still has to do, as a sentence. */
  readonly toDo?: string;
}

/** Changes declarations as a person would: the file in place, with its comments kept, or a patch. */
export interface SourceEditor {
  edit(key: ResourceKey, edits: readonly FieldEdit[]): Promise<EditResult>;
  /**
   * Who else claims the fields that such an edit changes or, without edits, the place of a new declaration.
   */
  claims(key: ResourceKey, edits: readonly Pick<FieldEdit, 'path'>[]): Promise<readonly FieldClaim[]>;
  /**
   * Applies `change` to the fleet's own record, and repeats it if someone else wrote the record meanwhile.
   */
  editFleet(change: (state: FleetState) => FleetState): Promise<FleetState>;
  /** Declares a new bot from a manifest's text. Refused if a bot of that name is declared already. */
  add(manifest: string, name: string): Promise<EditResult>;
}
