import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { type Answer, type BotCall, BotContract } from './bot-contract.ts';

export const REGISTER = 'POST /v1/bot/register';
export const BEAT = 'POST /v1/bot/:id/heartbeat';
export const CONFIG = 'GET /v1/bot/:id/config';
export const acknowledge = 'POST /v1/bot/:id/config_ack';

/**
 * What becomes of one call: another answer in place of the true one and without effect; the effect and no answer;
 * the effect, and half of the answer; nothing at all until the caller gives up.
 */
export type Fault = Answer | 'lost' | 'cut' | 'silent';

export interface AnsweredCall extends BotCall {
  /** Undefined while, or because, it is not answered. */
  status: number | undefined;
  /** Address that was called. */
  readonly at: string;
  /** When it came, in milliseconds of a monotonic clock. */
  readonly came: number;
}

export interface BotAPI {
  readonly url: string;
  readonly calls: readonly AnsweredCall[];
  /** The token that the bot registered, if it did. */
  readonly agentToken: string | undefined;
  callsOf(route: string): AnsweredCall[];
  declare(config: { readonly id: string } & Record<string, unknown>): void;
  /** Issues another registration token; the agent token before it is dead. */
  replaceToken(registrationToken: string): void;
  /** The next calls of `route` meet these faults, one each. */
  spoil(route: string, ...faults: readonly Fault[]): void;
  /** Resolves at the first call or answer that makes `condition` true. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Serves this certificate from the next connection on; of an API that serves HTTPS. */
  present(tls: NonNullable<BotAPIOptions['tls']>): void;
  /** Another address of the same API. */
  openDoor(): Promise<string>;
  /** Lets an address go; without one, all of them. */
  close(url?: string): Promise<void>;
}

export interface BotAPIOptions {
  readonly registrationToken: string;
  readonly botID: string;
  /** PEM: serves HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Serves the bot API over real sockets on loopback, with a record of all calls and faults to order. */
export async function startBotApi(options: BotAPIOptions): Promise<BotAPI> {
  const front = new Front(options);
  await front.openDoor();
  return front;
}

class Front implements BotAPI {
  readonly calls: AnsweredCall[] = [];
  readonly #contract: BotContract;
  readonly #botID: string;
  readonly #tls: BotAPIOptions['tls'];
  readonly #doors = new Map<string, Server>();
  readonly #faults = new Map<string, Fault[]>();
  readonly #news = new EventEmitter();

  constructor({ registrationToken, botID, tls }: BotAPIOptions) {
    this.#contract = new BotContract(registrationToken, botID);
    this.#botID = botID;
    this.#tls = tls;
  }

  get url(): string {
    const [url] = this.#doors.keys();
    if (url === undefined) throw new Error('the bot API is closed');
    return url;
  }

  get agentToken(): string | undefined {
    return this.#contract.agentToken;
  }

  callsOf(route: string): AnsweredCall[] {
    return this.calls.filter((call) => call.route === route);
  }

  declare(config: { readonly id: string }): void {
    this.#contract.declare(config);
  }

  replaceToken(registrationToken: string): void {
    this.#contract.replaceToken(registrationToken);
  }

  spoil(route: string, ...faults: readonly Fault[]): void {
    this.#faults.set(route, [...(this.#faults.get(route) ?? []), ...faults]);
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(12_000);
    while (!condition()) {
      await once(this.#news, 'news', { signal }).catch(() => {
        const told = this.calls.slice(-8).map(({ route, status }) => `${route} ${status}`);
        throw new Error(`waited 12 s for ${what}; the last calls: ${told.join(', ')}`);
      });
    }
  }

  present(tls: NonNullable<BotAPIOptions['tls']>): void {
    for (const door of this.#doors.values()) if (door instanceof SecureServer) door.setSecureContext(tls);
  }

  async openDoor(): Promise<string> {
    let url = '';
    const listener: RequestListener = (request, response) => void this.#take(url, request, response);
    const server = this.#tls === undefined ? createServer(listener) : createSecureServer(this.#tls, listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `${this.#tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#doors.set(url, server);
    return url;
  }

  async close(url?: string): Promise<void> {
    for (const [door, server] of [...this.#doors]) {
      if (url !== undefined && door !== url) continue;
      this.#doors.delete(door);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    }
  }

  async #take(at: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { ...(await this.#read(request)), status: undefined, at, came: performance.now() };
    this.calls.push(call);
    this.#news.emit('news');
    const fault = this.#faults.get(call.route)?.shift();
    if (fault === 'silent') return;
    const answer = typeof fault === 'object' ? fault : await this.#contract.answer(call);
    send(response, answer, fault);
    if (fault === undefined || typeof fault === 'object') Object.assign(call, { status: answer.status });
    this.#news.emit('news');
  }

  async #read(request: IncomingMessage): Promise<BotCall> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bot-api');
    const text = await textOf(request);
    return {
      route: `${request.method} ${pathname.replace(`/${this.#botID}/`, '/:id/')}`,
      query: searchParams,
      bearer: request.headers.authorization?.replace(/^Bearer /, '') ?? '',
      ifNoneMatch: request.headers['if-none-match'],
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer, fault: Fault | undefined): void {
  if (fault === 'lost') {
    response.destroy();
    return;
  }
  const length = status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { 'content-type': 'application/json', ...length, ...headers });
  if (fault === 'cut') response.write(body.slice(0, body.length / 2), () => response.destroy());
  else response.end(body);
}
