import type { Socket } from 'node:net';
import { failed, malformed, type Problem, problemBody, problemMediaType } from './problem.ts';

const answers: Readonly<Record<string, readonly [status: number, phrase: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to come.'],
};
const other = [400, 'Bad Request', 'This is not HTTP.'] as const;

/** Answers what is no whole HTTP request, and ends the connection; one that never came as far as HTTP is cut. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!/^(HPE_|ERR_HTTP_)/.test(error.code ?? '') || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, detail] = answers[error.code ?? ''] ?? other;
  const body = JSON.stringify(problemBody(malformed(status, detail)));
  const head = [
    `HTTP/1.1 ${status} ${phrase}`,
    `content-type: ${problemMediaType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

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
