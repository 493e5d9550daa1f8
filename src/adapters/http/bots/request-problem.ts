import { failed, malformed, type Problem } from './problem.ts';

interface RequestError {
  readonly statusCode?: number;
  readonly validation?: unknown;
  readonly message?: string;
}

const details: Readonly<Record<number, string>> = {
  400: 'The body must be one JSON object, and the path and the headers well formed.',
  404: 'The path is too long.',
  413: 'The body is too large.',
  414: 'The path is too long.',
  415: 'The body must be application/json.',
};

/** What fastify found wrong with a request; `failed` when it is not the request's fault. Tells nothing of its content. */
export function requestProblem(error: unknown): Problem {
  const { statusCode = 500, validation, message } = error as RequestError;
  if (validation) return malformed(400, `${message}.`);
  if (statusCode < 400 || statusCode >= 500) return failed;
  return malformed(statusCode, details[statusCode] ?? 'The request cannot be taken.');
}
