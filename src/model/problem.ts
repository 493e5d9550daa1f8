/** One thing wrong with a declaration, described so that its author can mend it without looking further. */
export interface Problem {
  /** The file (with line and column if known) or object with the problem. */
  readonly where: string;
  /** Kind and name, such as `Bot default/alpha`, when that much could be read. */
  readonly object?: string;
  /** Path of the field, such as `spec.droplet.size`; empty for the document as a whole. */
  readonly field: string;
  /** The rule that is broken, as a sentence without a full stop, such as `must be at least 0`. */
  readonly rule: string;
  /** The value given, as short JSON; absent if there is none to show or it might be secret. */
  readonly value?: string;
  /** Two declarations compete for one name; neither is acted on. */
  readonly duplicate?: true;
}

/** `where: object: field rule, got value`. */
export function problemText(problem: Problem): string {
  const parts = [problem.where, problem.object].filter(Boolean).join(': ');
  const got = problem.value === undefined ? '' : `, got ${problem.value}`;
  return `${parts}: ${problem.field ? `${problem.field} ` : ''}${problem.rule}${got}`;
}
