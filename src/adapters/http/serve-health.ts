import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ResourceKey } from '../../model/resource-key.ts';
import { addressOf, listenAt } from './listen.ts';

// An import statement reads every export of the module, and `WebSocket` among them loads megabytes that nobody uses.
const { createServer } = process.getBuiltinModule('node:http');

/** What the pages show, read anew at each request. */
export interface HealthPages {
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Why the controller is not ready, a line each; empty when it is. */
  notReady(): readonly string[];
  /** What is wrong though the controller is ready, a line each. */
  warnings(): readonly string[];
  /** Whether this process leads: the one of several that acts. */
  leads(): boolean;
  /** The last decision about a bot, plain JSON without secrets; undefined when there is no such bot. */
  decision(key: ResourceKey): object | undefined;
}

export interface HealthServer {
  /** Such as `http://127.0.0.1:9464`, with the port really in use. */
  readonly url: string;
  /** Resolves when no connection is left. */
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Serves `/metrics`, `/healthz` (the process is alive), `/readyz` (200, or 503 with the reasons; either with warnings) and `/leaderz` (200
 * in the process that leads, 503 in all others); and to callers on this machine alone `/debug/decisions/NAMESPACE/NAME`, the last decision
 * about a bot (404: no such bot; 503: this process does not lead). Holds no secret and takes no input. Throws `unavailable` when the address cannot be listened on.
 */
export async function serveHealth(host: string, port: number, pages: HealthPages): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request, response, pages);
  });
  await listenAt(server, host, port);
  return { url: `http://${addressOf(server)}`, close: () => closed(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: HealthPages): Promise<void> {
  const page = await pageFor(request, pages).catch(failure);
  response.writeHead(page.status, {
    'content-type': page.contentType,
    'content-length': Buffer.byteLength(page.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(page.status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : page.body);
}

async function pageFor(request: IncomingMessage, pages: HealthPages): Promise<Page> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Only GET and HEAD.');
  const path = request.url?.split('?', 1)[0] ?? '';
  const key = /^\/debug\/decisions\/([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(path);
  if (key) return isLocal(request) ? decisionPage(pages, `${key[1]}/${key[2]}`) : remote;
  switch (path) {
    case '/metrics':
      return { status: 200, contentType: pages.metrics.contentType, body: await pages.metrics.render() };
    case '/healthz':
      return text(200, 'ok');
    case '/readyz':
      return readiness(pages.notReady(), pages.warnings());
    case '/leaderz':
      return pages.leads() ? text(200, 'ok') : text(503, 'not leading');
    case '/':
      return text(200, 'clawfleet: /metrics, /healthz, /readyz, /leaderz, /debug/decisions/NAMESPACE/NAME');
    default:
      return text(404, 'No such page. There are /metrics, /healthz, /readyz and /leaderz.');
  }
}

/** Bots' specs and addresses are nobody's business but the operator's: a metrics port is open to a whole cluster. */
const remote = text(
  403,
  'Decisions are shown on this machine alone; in a cluster, use `kubectl port-forward`.',
);

function decisionPage(pages: HealthPages, key: ResourceKey): Page {
  if (!pages.leads()) return text(503, 'This process does not lead, and decides nothing.');
  const decision = pages.decision(key);
  if (!decision) return text(404, `There is no bot ${key}.`);
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(decision)}\n` };
}

/** A probe goes by the status alone: warnings take no replica out of service. */
function readiness(reasons: readonly string[], warnings: readonly string[]): Page {
  const told = warnings.length === 0 ? [] : ['warnings:', ...warnings];
  return reasons.length === 0
    ? text(200, ['ok', ...told].join('\n'))
    : text(503, ['not ready:', ...reasons, ...told].join('\n'));
}

function failure(error: unknown): Page {
  return text(500, `failed: ${error instanceof Error ? error.message : String(error)}`);
}

function text(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/**
 * Whether the caller is on this machine, as `kubectl port-forward` is for the pod, and calls it by a name of this machine: a page
 * in a browser that has a name of its own lead here does not.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const from = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const host = headers.host?.replace(/:\d+$/, '') ?? '';
  return isLoopback(from) && (host === 'localhost' || isLoopback(host.replace(/^\[|\]$/g, '')));
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}
