import { rmSync } from 'node:fs';
import { fileOf, replaceBot } from '../../test/lab/fleet-files.ts';
import { Subject } from './subject.ts';

/** What is declared in the directory, and everything that ever was. */
export class DeclaredFleet {
  readonly directory: string;
  /** Every bot there ever was, in order of declaration. */
  readonly subjects: Subject[] = [];
  readonly #latest = new Map<string, Subject>();

  constructor(directory: string) {
    this.directory = directory;
  }

  declared(): Subject[] {
    return this.subjects.filter((subject) => subject.declared);
  }

  /** Names that were declared and are no longer. */
  gone(): Subject[] {
    return [...this.#latest.values()].filter((subject) => !subject.declared);
  }

  /** Declares a new bot, or one anew whose predecessor has ended. */
  declare(name: string): void {
    const subject = new Subject(name, (this.#latest.get(name)?.incarnation ?? -1) + 1);
    this.subjects.push(subject);
    this.#latest.set(name, subject);
    this.write(subject);
  }

  write(subject: Subject): void {
    replaceBot(this.directory, subject.name, subject.spec());
  }

  undeclare(subject: Subject): void {
    subject.asks.push({ kind: 'destroy', at: Date.now() });
    subject.declared = false;
    rmSync(fileOf(this.directory, subject.name));
  }
}
