import type { TestContext } from 'node:test';
import {
  type BotAPIServer,
  type BotAPIServerOptions,
  serveBotAPI,
} from '../../../../../src/adapters/http/bots/serve-bot-api.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import type { Log } from '../../../../../src/ports/log.ts';
import { MemoryBotAPI } from './memory-bot-api.ts';

export const botID = '0b0c7b8e-8b0e-4b6f-9d61-0f6f1c1f6a11';
export const registrationToken = 'registration-token-of-the-first-bot-0001';
export const agentToken = 'a'.repeat(64);

export interface Served {
  readonly api: MemoryBotAPI;
  readonly server: BotAPIServer;
  readonly url: string;
  /** Lines of the log, fields and all. */
  readonly lines: string[];
  call(path: string, init?: RequestInit): Promise<Response>;
  /** With the agent's token. */
  asAgent(path: string, init?: RequestInit): Promise<Response>;
}

/** A bot API in memory with one bot, registered and given a config, on a real socket. */
export async function served(t: TestContext, options: Partial<BotAPIServerOptions> = {}): Promise<Served> {
  const api = new MemoryBotAPI().add(botID, registrationToken, agentToken);
  api.declare(botID, '1-aa');
  const lines: string[] = [];
  const server = await serveBotAPI({
    host: '127.0.0.1',
    port: 0,
    api,
    clock: systemClock,
    log: logInto(lines),
    version: '1.2.3',
    trustedProxies: [],
    tls: undefined,
    ...options,
  });
  t.after(() => server.end(0));
  const call = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
  const asAgent = (path: string, init: RequestInit = {}) =>
    call(path, { ...init, headers: { authorization: `Bearer ${agentToken}`, ...init.headers } });
  return { api, server, url: server.url, lines, call, asAgent };
}

export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

function logInto(lines: string[]): Log {
  const note = (fields: object, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields, errorsToo)}`);
  };
  return { debug: note, info: note, warn: note, error: note };
}

function errorsToo(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.stack}` : value;
}
