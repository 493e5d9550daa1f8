import { type Fault, PortError } from '../../../ports/port-error.ts';
import type { Route } from './routes.ts';
import type { TransportError, TransportResponse } from './transport.ts';

/** Statuses that, together with DigitalOcean's own JSON error, mean that nothing happened. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 413, 422]);
const longestReason = 500;

/** DigitalOcean's JSON error: `{id, message, request_id?}`. */
interface APIError {
  readonly id: string;
  readonly message: string;
}

/**
 * The error of an answer that is neither a success nor a 429. Only DigitalOcean's
 * own JSON error counts as a refusal.
 */
export function classifyAnswer(route: Route, answer: TransportResponse): PortError {
  const error = refusals.has(answer.status) ? parseAPIError(answer.body) : undefined;
  if (error === undefined)
    return noClearAnswer(route, `answered ${answer.status} with ${describeBody(answer)}`);
  const reason = error.message.slice(0, longestReason);
  const fault = faultOfRefusal(route, answer.status, reason);
  return new PortError(fault, `${route.name}: ${reason}${scopeHint(route, fault)}`);
}

/** The error of a call without a whole answer. */
export function classifyFailure(route: Route, error: TransportError): PortError {
  if (error.maybeSent) return noClearAnswer(route, `gave no answer: ${error.message}`, error);
  return notSent(route, error.message, error);
}

export function notSent(route: Route, why: string, cause?: unknown): PortError {
  return new PortError({ kind: 'unavailable' }, `${route.name} was not sent: ${why}`, { cause });
}

/** The error of a success whose body is not what the route promises. */
export function brokenSuccess(route: Route, answer: TransportResponse): PortError {
  return noClearAnswer(route, `answered ${answer.status} with an unreadable body (${describeBody(answer)})`);
}

/** The outcome of a mutation is in doubt; a read just has no answer. */
function noClearAnswer(route: Route, what: string, cause?: unknown): PortError {
  const kind = route.method === 'GET' ? 'unavailable' : 'doubtful';
  return new PortError({ kind }, `${route.name} ${what}`, { cause });
}

function faultOfRefusal(route: Route, status: number, reason: string): Fault {
  if (status === 404 && names(route)) return { kind: 'absent' };
  if (status === 401) return { kind: 'unauthorised' };
  if (status === 403) return forbidden(reason);
  if (status === 422 && /pending event/i.test(reason)) return { kind: 'pendingEvent' };
  if (status === 422 && /droplet limit/i.test(reason)) return { kind: 'limitReached', reason };
  return { kind: 'refused', reason, httpStatus: status };
}

/**
 * Whether the route names the one thing that a 404 is about; a 404 to a create or
 * a listing is an ordinary refusal.
 */
function names(route: Route): boolean {
  return route.template.includes('{');
}

/**
 * A 403 may also mean a locked account or a thing of another account: only its own words can name a scope.
 */
function forbidden(reason: string): Fault {
  const missingScope = scopeNamedIn(reason);
  return { kind: 'unauthorised', forbidden: reason, ...(missingScope !== undefined && { missingScope }) };
}

/**
 * The scope that the call needs is a fact, and helps where a 403 gives no reason; that
 * the token lacks it would be a guess.
 */
function scopeHint(route: Route, fault: Fault): string {
  const isBare = fault.kind === 'unauthorised' && fault.forbidden !== undefined && !fault.missingScope;
  return isBare ? ` (the call needs the scope ${route.scope})` : '';
}

function scopeNamedIn(reason: string): string | undefined {
  return /\b[a-z_]+:(?:create|read|update|delete|admin)\b/.exec(reason)?.[0];
}

function parseAPIError(body: string): APIError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // DigitalOcean's errors are JSON; anything else is not a clear refusal.
    return undefined;
  }
  return isAPIError(value) ? value : undefined;
}

function isAPIError(value: unknown): value is APIError {
  if (typeof value !== 'object' || value === null) return false;
  const { id, message } = value as Partial<APIError>;
  return typeof id === 'string' && typeof message === 'string';
}

function describeBody({ headers, body }: TransportResponse): string {
  return `${body.length} characters of ${headers['content-type'] ?? 'no content type'}`;
}
