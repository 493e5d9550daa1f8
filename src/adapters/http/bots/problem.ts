import type { FastifyReply, FastifyRequest } from 'fastify';

/** An error as RFC 9457 has it ("application/problem+json"). Holds no secret. */
export interface Problem {
  readonly status: number;
  /** Names the kind of problem, for programs: the last part of its `type`. */
  readonly kind: string;
  readonly title: string;
  /** What is wrong this time, for people. */
  readonly detail?: string;
  readonly retryAfterMs?: number;
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export const problemMediaType = 'application/problem+json';

/** URIs that name, and lead nowhere (RFC 4151). */
export const problemTypes = 'tag:clawfleet.dev,2025:problem/';

export function problemBody({ status, kind, title, detail, members }: Problem): object {
  return {
    type: `${problemTypes}${kind}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    ...members,
  };
}

export function problemHeaders({ status, retryAfterMs }: Problem): Record<string, string> {
  return {
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
    }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  };
}

export const unauthorised: Problem = {
  status: 401,
  kind: 'unauthorised',
  title: 'The credentials are not good for this bot',
};

export const noSuchPage: Problem = { status: 404, kind: 'no-such-call', title: 'There is no such call' };

export const failed: Problem = {
  status: 500,
  kind: 'failed',
  title: 'The control plane failed at this call',
};

export function malformed(status: number, detail: string): Problem {
  return { status, kind: 'malformed', title: 'The request is not as it must be', detail };
}

export function unavailable(retryAfterMs: number, detail: string): Problem {
  return {
    status: 503,
    kind: 'unavailable',
    title: 'The control plane cannot answer now; repeating is safe',
    detail,
    retryAfterMs,
  };
}

export function tooMany(retryAfterMs: number): Problem {
  return { status: 429, kind: 'too-many-calls', title: 'Too many calls', retryAfterMs };
}

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
