import type { Socket } from 'node:net';
import { malformed, problemBody, problemMediaType } from './problem.ts';

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
