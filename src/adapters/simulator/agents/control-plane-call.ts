import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { text as textOf } from 'node:stream/consumers';

export interface ControlPlaneCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly token: string;
  readonly body?: object;
  /** The ETag as received, with its quotes. */
  readonly ifNoneMatch?: string;
  /** Aborts when the agent stops, or has waited long enough. */
  readonly signal: AbortSignal;
}

export interface ControlPlaneAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly retryAfterMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The connections of all agents of this process. */
export class AgentConnections {
  readonly #plain = new Agent({ keepAlive: true });
  readonly #secure = new SecureAgent({ keepAlive: true });

  /** Rejects if no whole answer arrives. */
  async call(call: ControlPlaneCall): Promise<ControlPlaneAnswer> {
    const answer = await this.#send(call);
    const text = await textOf(answer);
    const { etag, 'retry-after': retryAfter = '0' } = answer.headers;
    return {
      status: answer.statusCode ?? 0,
      etag,
      retryAfterMs: /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : 0,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #send(call: ControlPlaneCall): Promise<IncomingMessage> {
    const text = call.body && JSON.stringify(call.body);
    return new Promise((resolve, reject) => {
      const sent = this.#open(call, text);
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.end(text);
    });
  }

  #open(
    { method, url, token, ifNoneMatch, signal }: ControlPlaneCall,
    text: string | undefined,
  ): ClientRequest {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(ifNoneMatch !== undefined && { 'if-none-match': ifNoneMatch }),
      ...(text !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      }),
    };
    if (url.startsWith('https:')) return secureRequest(url, { method, headers, signal, agent: this.#secure });
    return request(url, { method, headers, signal, agent: this.#plain });
  }
}
