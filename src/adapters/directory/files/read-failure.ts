import type { Problem } from '../../../model/problem.ts';

/** Whether `error` says that the file is not there any more. */
export function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

export function unreadableProblem(where: string, error: unknown): Problem {
  const cause = error instanceof Error ? error.message : String(error);
  return { where, field: '', rule: `cannot be read: ${cause}` };
}
