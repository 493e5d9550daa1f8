import { type Clock, sleep } from '../../../ports/clock.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** The outcome of a request that never touches a network, after `delayMs`. */
export type InProcessAnswer =
  | ({ readonly kind: 'response' | 'cutDuringBody'; readonly delayMs: number } & TransportResponse)
  | { readonly kind: 'cutBeforeEffect' | 'cutAfterEffect' | 'hang'; readonly delayMs: number };

/** A server in the same process. */
export interface InProcessServer {
  handle(request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  }): InProcessAnswer;
}

/** Calls a server directly, without sockets and on the given clock, so that a seeded run repeats exactly. */
export function inProcessTransport(server: InProcessServer, clock: Clock): Transport {
  return async (request) => {
    if (request.signal.aborted) throw new TransportError(reasonOf(request), false);
    const { method, path, headers, body } = request;
    const answer = server.handle({ method, path, headers, ...(body !== undefined && { body }) });
    if (answer.kind === 'hang') return await hang(request);
    if (answer.delayMs > 0) await wait(clock, answer.delayMs, request);
    // Like a network, it never answers within the same turn.
    await undefined;
    if (answer.kind !== 'response') throw new TransportError('the connection was cut', true);
    return answer;
  };
}

function hang(request: TransportRequest): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(new TransportError(reasonOf(request), true));
    request.signal.addEventListener('abort', onAbort, { once: true });
  });
}

async function wait(clock: Clock, delayMs: number, request: TransportRequest): Promise<void> {
  try {
    await sleep(clock, delayMs, request.signal);
  } catch {
    throw new TransportError(reasonOf(request), true);
  }
}

function reasonOf({ signal }: TransportRequest): string {
  return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
}
