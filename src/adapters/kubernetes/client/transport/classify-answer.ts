import type { Fault } from '../../../../ports/port-error.ts';
import type { KubeMethod } from '../kube-api.ts';
import { isKubeStatus, KubeError, type KubeFailure, type KubeStatus } from '../kube-error.ts';
import { type AnswerHead, NoAnswer } from './answer-stream.ts';
import { Stranded } from './link-guard.ts';

/** What went out, for the message. */
export interface Sent {
  readonly method: KubeMethod;
  readonly path: string;
}

/** The error that an answer other than 2xx is. `now`: epoch ms. */
export function refusal(sent: Sent, head: AnswerHead, text: string, now: number): KubeError {
  const status = statusOf(text);
  const retryAfterMs = retryAfter(head, status, now);
  const failure: KubeFailure = {
    httpStatus: head.status,
    ...(status && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const why = status?.message ?? `HTTP ${head.status}`;
  return new KubeError(faultOfAnswer(sent, failure, now), `${sent.method} ${sent.path}: ${why}`, failure);
}

/** The error that a missing, broken or late answer is. */
export function noAnswer(sent: Sent, error: unknown): KubeError {
  const maybeSent = !(error instanceof NoAnswer) || error.maybeSent;
  const message = error instanceof Error ? error.message : String(error);
  const failure: KubeFailure = {
    httpStatus: 0,
    ...(error instanceof NoAnswer && error.cause instanceof Stranded && { stranded: true }),
  };
  return new KubeError(unclear(sent, maybeSent), `${sent.method} ${sent.path}: ${message}`, failure, {
    cause: error,
  });
}

function unclear({ method }: Sent, maybeSent: boolean): Fault {
  return { kind: method === 'GET' || !maybeSent ? 'unavailable' : 'doubtful' };
}

function faultOfAnswer(sent: Sent, { httpStatus, status, retryAfterMs }: KubeFailure, now: number): Fault {
  switch (httpStatus) {
    case 401:
      return { kind: 'unauthorised' };
    case 404:
      return status?.details?.name === undefined
        ? { kind: 'refused', reason: 'NotServed', httpStatus }
        : { kind: 'absent' };
    case 409:
      return { kind: 'conflict' };
    case 429:
      return { kind: 'rateLimited', until: now + (retryAfterMs ?? 1_000) };
  }
  if (httpStatus >= 400 && httpStatus < 500)
    return { kind: 'refused', reason: status?.reason ?? 'Refused', httpStatus };
  // As etcd says it when its quota is reached.
  if (status?.message?.includes('database space exceeded')) return { kind: 'full' };
  return unclear(sent, true);
}

function statusOf(text: string): KubeStatus | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isKubeStatus(value) ? value : undefined;
  } catch {
    // A load balancer's page, or plain text: the HTTP status says what there is to say.
    return undefined;
  }
}

/** RFC 9110: seconds or a date. */
function retryAfter(
  { headers }: AnswerHead,
  status: KubeStatus | undefined,
  now: number,
): number | undefined {
  const header = headers['retry-after'];
  if (typeof header === 'string') {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
    const date = Date.parse(header);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  const seconds = status?.details?.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1_000;
}
