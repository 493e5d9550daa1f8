import { problemText } from '../../model/problem.ts';
import type { Log } from '../../ports/log.ts';
import type { Source } from '../../ports/source.ts';

/** More lines of one look say no more than that there are more. */
const mostTold = 20;

/** Tells the log what is the matter with the source, once when it begins and once when it is over. */
export class SourceTrouble {
  readonly #source: Source;
  readonly #log: Log;
  #failure: string | undefined;
  #problems: ReadonlySet<string> = new Set();
  #warnings: ReadonlySet<string> = new Set();

  constructor(source: Source, log: Log) {
    this.#source = source;
    this.#log = log;
  }

  check(): void {
    const { failure, problems, warnings = [] } = this.#source.health();
    this.#tellFailure(failure);
    // What cannot be read meanwhile is no news.
    if (failure !== undefined) return;
    this.#tellProblems(new Set(problems.map(problemText)));
    this.#tellWarnings(new Set(warnings.map(problemText)));
  }

  #tellFailure(failure: string | undefined): void {
    const before = this.#failure;
    if (failure === before) return;
    this.#failure = failure;
    if (failure !== undefined) this.#log.error({}, `source: ${failure}`);
    else this.#log.info({}, 'source: in order again');
  }

  /** Problems of bots go into the bots' own histories; these belong to no bot. */
  #tellProblems(problems: ReadonlySet<string>): void {
    const before = this.#problems;
    this.#problems = problems;
    this.#tellNew(problems, before, 'problems');
    if (problems.size === 0 && before.size > 0)
      this.#log.info({}, 'source: everything declared can be read again');
  }

  #tellWarnings(warnings: ReadonlySet<string>): void {
    const before = this.#warnings;
    this.#warnings = warnings;
    this.#tellNew(warnings, before, 'warnings');
  }

  #tellNew(lines: ReadonlySet<string>, before: ReadonlySet<string>, what: string): void {
    const found = [...lines].filter((line) => !before.has(line));
    for (const line of found.slice(0, mostTold)) this.#log.warn({}, `source: ${line}`);
    const more = found.length - mostTold;
    if (more > 0)
      this.#log.warn({}, `source: ${more} ${what} more like these; \`clawfleet validate\` lists them all`);
  }
}
