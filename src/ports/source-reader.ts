import type { FleetState } from '../model/fleet-state.ts';
import type { SecretKeyRef } from '../model/llm-spec.ts';
import type { AccountRecord, BotRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
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

/** What an edit of a declaration did, for a person to read. */
export interface EditResult {
  readonly where: string;
  readonly changed: boolean;
}

/** Changes what is declared, as a person would: the file in place, comments kept; or a patch. */
export interface SourceEditor {
  edit(key: ResourceKey, edits: readonly FieldEdit[]): Promise<EditResult>;
  /** Changes the fleet's own record by `change`, whoever else writes it meanwhile. */
  editFleet(change: (state: FleetState) => FleetState): Promise<FleetState>;
  /** Declares a new bot from a manifest's text. Refused when one of that name is declared already. */
  add(manifest: string, name: string): Promise<EditResult>;
}
