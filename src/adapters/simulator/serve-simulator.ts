import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../ports/clock.ts';
import type { SimulatorAnswer, SimulatorResponse } from './exchange.ts';
import { half } from './faults/faulty-answer.ts';
import type { Simulator } from './simulator.ts';

/** Far more than any request of the API: 64 KiB of escaped user-data, and the rest. */
const mostBodyBytes = 1_048_576;
/** Longer than clients keep idle connections, so that none is cut during a request. */
const keepAliveMs = 120_000;

export interface ServeOptions {
  /**
   * Default 127.0.0.1. The admin routes need no token and show user-data: on
   * other hosts, mind who can reach them.
   */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /**
   * Called with every failure of the simulator itself; the client then sees a
   * 500. Default: a process warning.
   */
  readonly onError?: (error: unknown) => void;
}

export interface ServedSimulator {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  /** Stops listening and cuts every connection, including hanging ones. The simulator itself stays open. */
  close(): Promise<void>;
}

/**
 * Serves a simulator over node:http. A client that disconnects during its request is no
 * failure. Rejects if the port is not available.
 */
export async function serveSimulator(
  simulator: Simulator,
  options: ServeOptions = {},
): Promise<ServedSimulator> {
  const { host = '127.0.0.1', port = 0, onError = warn } = options;
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    serve(simulator, request, response).catch((error: unknown) => {
      if (!request.complete) return;
      onError(error);
      fail(response, error);
    });
  });
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, close: () => shut(server) };
}

async function serve(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await read(request);
  if (body === undefined) return answer(response, { status: 413, headers: {}, body: '' });
  const { method = 'GET', url: path = '/', headers } = request;
  const outcome = simulator.handle({ method, path, headers, body });
  if (outcome.delayMs > 0 && outcome.kind !== 'hang') await sleep(simulator.clock, outcome.delayMs);
  carryOut(response, outcome);
}

function carryOut(response: ServerResponse, outcome: SimulatorAnswer): void {
  switch (outcome.kind) {
    case 'response':
      answer(response, outcome);
      return;
    case 'cutBeforeEffect':
    case 'cutAfterEffect':
      response.socket?.destroy();
      return;
    case 'cutDuringBody':
      cutDuringBody(response, outcome);
      return;
    case 'hang':
      return;
  }
}

function answer(response: ServerResponse, { status, headers, body }: SimulatorResponse): void {
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}

function cutDuringBody(response: ServerResponse, { status, headers, body }: SimulatorResponse): void {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  response.write(half(body), () => response.socket?.destroy());
}

/** The whole body; undefined if it is longer than any request may be. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBodyBytes) chunks.push(chunk);
  }
  return bytes <= mostBodyBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return;
  const body = JSON.stringify({ id: 'server_error', message: `simulator: ${String(error)}` });
  answer(response, { status: 500, headers: { 'content-type': 'application/json' }, body });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
