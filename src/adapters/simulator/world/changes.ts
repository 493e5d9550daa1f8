/** The kinds of lines in the state file. */
export type ChangeKind =
  | 'account'
  | 'ids'
  | 'project'
  | 'droplet'
  | 'gone'
  | 'userData'
  | 'action'
  | 'life'
  | 'tag'
  | 'key'
  | 'vpc'
  | 'image';

/** Records touched since the last drain; each is written once, in its latest state. */
export class Changes {
  readonly #touched = new Map<object, ChangeKind>();
  readonly #kept: boolean;

  /** `kept`: whether there is a state file; without one nothing is collected. */
  constructor(kept: boolean) {
    this.#kept = kept;
  }

  note(kind: ChangeKind, record: object): void {
    if (this.#kept) this.#touched.set(record, kind);
  }

  drain(): string[] {
    if (this.#touched.size === 0) return [];
    const lines = [...this.#touched].map(([record, kind]) => changeLine(kind, record));
    this.#touched.clear();
    return lines;
  }
}

export function changeLine(kind: ChangeKind, record: object): string {
  return JSON.stringify({ kind, record });
}
