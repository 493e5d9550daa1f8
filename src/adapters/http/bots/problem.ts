import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refused } from '../../../bot-api/bot-api.ts';

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

/** For a leader to be found, mostly. */
const retryMs = 2_000;

/** How a refusal is told over HTTP. */
export function refusalProblem(refused: Refused): Problem {
  switch (refused.reason) {
    case 'unauthorised':
      return unauthorised;
    case 'noConfig':
      return { status: 404, kind: 'no-config', title: 'There is no config for this bot yet' };
    case 'unknownConfig':
      return { status: 404, kind: 'unknown-config', title: 'This bot was not given such a config lately' };
    case 'staleConfig':
      return {
        status: 409,
        kind: 'stale-config',
        title: 'Another config is desired by now',
        members: { desired_config_id: refused.desiredConfigID },
      };
    case 'impossibleState':
      return {
        status: 400,
        kind: 'impossible-state',
        title: 'This cannot be done now',
        detail: refused.detail,
      };
    case 'notLeading':
      return unavailable(retryMs, 'This process does not lead, and the one that does cannot be reached.');
    case 'unavailable':
      return unavailable(refused.retryAfterMs, 'It is not known whether anything was stored.');
  }
}
