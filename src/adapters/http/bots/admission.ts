import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { type Caller, type CallLimits, callerOf } from './call-limits.ts';
import { malformed, type Problem, tooMany, unauthorised, unavailable } from './problem.ts';
import { bearerOf } from './request-words.ts';

export interface AdmissionDeps {
  readonly callLimits: CallLimits;
  /** Whether no more calls are taken. */
  readonly isEnding: () => boolean;
}

/** Until another process answers in this one's place. */
export const endingRetryMs = 2_000;

/** What forbids even looking at the call. */
export function admission(
  { callLimits, isEnding }: AdmissionDeps,
  request: FastifyRequest,
): Problem | undefined {
  if (isEnding()) return unavailable(endingRetryMs, 'This process ends; another one takes over.');
  if (request.raw.httpVersion === '1.1' && request.headers.host === undefined)
    return malformed(400, 'There must be a Host header.');
  if (request.routeOptions.url?.endsWith('/health')) return undefined;
  const caller = callerAt(request);
  const waitMs = callLimits.waitMs(caller);
  if (waitMs > 0) return tooMany(waitMs);
  if (!isForBots(request) || caller.credentials !== undefined) return undefined;
  callLimits.counted(caller);
  return unauthorised;
}

function isForBots({ routeOptions }: FastifyRequest): boolean {
  return 'isForBots' in routeOptions.config;
}

/** Name under which a request keeps its caller, who is asked for several times. */
export const callerField = 'caller';

interface Known {
  [callerField]?: Caller | null;
}

export function callerAt(request: FastifyRequest & Known): Caller {
  request[callerField] ??= callerOfRequest(request);
  return request[callerField];
}

/** What a trusted proxy forwarded may be no address at all. */
function callerOfRequest(request: FastifyRequest): Caller {
  const ip = isIP(request.ip) > 0 ? request.ip : (request.raw.socket.remoteAddress ?? '');
  return callerOf(bearerOf(request.headers.authorization), ip);
}
