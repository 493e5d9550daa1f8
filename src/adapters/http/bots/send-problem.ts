import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, problemBody, problemHeaders, problemMediaType } from './problem.ts';

/** Answers are for one bot, and say what they are. */
export const noStore = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * A connection whose request was not read to its end cannot be used again. Sent as bytes: to a text fastify would add a
 * charset, which the media type does not have.
 */
export function sendProblem(reply: FastifyReply, problem: Problem, request: FastifyRequest): FastifyReply {
  if (isUnread(request) || problem.status === 503) reply.header('connection', 'close');
  return reply
    .code(problem.status)
    .headers({ ...noStore, ...problemHeaders(problem) })
    .type(problemMediaType)
    .send(Buffer.from(JSON.stringify(problemBody(problem))));
}

function isUnread({ raw, headers }: FastifyRequest): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return !raw.complete && (length !== '0' || encoding !== undefined);
}
