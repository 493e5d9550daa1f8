import { closeNotes, openNotes } from './notes/notes.ts';

// What `npm test` does before the first test and after the last one, by node's --test-global-setup.

export function globalSetup(): void {
  openNotes();
}

/** Throws, which fails the run, when a secret of any test stands in anything that any test has seen. */
export function globalTeardown(): void {
  const { leftOut, secrets, shown, leaks } = closeNotes();
  const missing = leftOut.map((one) => `${one.missing} (${one.remedy})`).join(', ');
  if (missing !== '') process.stderr.write(`Some tests were left out for want of ${missing}.\n`);
  const lines = new Set(leaks.map(({ where, what }) => `${what} in ${where}`));
  const told = [...lines].join('\n');
  // The test runner ends with 1 then, but does not tell why.
  if (told !== '') process.stderr.write(`Secrets were shown:\n${told}\n`);
  if (told !== '') throw new Error('secrets were shown');
  process.stderr.write(`None of ${secrets} secrets is in what was shown ${shown} times.\n`);
}
