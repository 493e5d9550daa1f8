import type { Problem } from '../../../../model/problem.ts';
import { idText } from '../document/bson-text.ts';
import { type ResourceKind, readDeclaration } from '../document/declaration.ts';
import type { DeclaredDocument } from '../document/declared-document.ts';

/** So many are told. */
const mostProblems = 100;

/** Documents of a collection whose `_id` names no key: nobody can tell whose they are. */
export class ForeignDocuments {
  readonly #kind: ResourceKind;
  readonly #collection: string;
  readonly #onChange: () => void;
  readonly #problems = new Map<string, Problem>();

  constructor(kind: ResourceKind, collection: string, onChange: () => void) {
    this.#kind = kind;
    this.#collection = collection;
    this.#onChange = onChange;
  }

  /** Their ids, as text. */
  ids(): readonly string[] {
    return [...this.#problems.keys()];
  }

  problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  take(document: DeclaredDocument): void {
    const id = idText(document._id);
    if (this.#problems.has(id) || this.#problems.size >= mostProblems) return;
    const reading = readDeclaration(this.#kind, document, this.#collection);
    if (reading.key !== undefined) return;
    this.#problems.set(id, reading.problem);
    this.#onChange();
  }

  /** These are gone. */
  forget(ids: readonly string[]): void {
    const gone = ids.filter((id) => this.#problems.delete(id));
    if (gone.length > 0) this.#onChange();
  }
}
