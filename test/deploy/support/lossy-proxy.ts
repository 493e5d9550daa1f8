import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * Passes everything on to an API server, whose certificate it shows, and loses the answers it is told to lose: the
 * server has done what it was asked, and nobody hears of it.
 */
export class LossyProxy {
  /** Methods and paths of the requests whose answer was lost. */
  readonly lost: string[] = [];
  readonly #target: string;
  readonly #ca: Buffer;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #toLose: RegExp[] = [];

  /** `caFile`: the server's certificate, which has its key beside it. */
  static async open(target: string, caFile: string): Promise<LossyProxy> {
    const proxy = new LossyProxy(
      target,
      readFileSync(caFile),
      readFileSync(caFile.replace(/\.crt$/, '.key')),
    );
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  private constructor(target: string, cert: Buffer, key: Buffer) {
    this.#target = target;
    this.#ca = cert;
    this.#server = createServer({ cert, key }, (incoming, response) => this.#pass(incoming, response));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next answer to a request like this, as `PUT /apis/…`, gets lost. */
  loseNext(pattern: RegExp): void {
    this.#toLose.push(pattern);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = incoming;
    const options = { method, headers, ca: this.#ca, agent: this.#agent };
    const outgoing = request(`${this.#target}${url}`, options, (answer) => {
      if (this.#loses(`${method} ${url}`))
        return void response.destroy(answer.destroy().errored ?? undefined);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  #loses(call: string): boolean {
    const index = this.#toLose.findIndex((pattern) => pattern.test(call));
    if (index < 0) return false;
    this.#toLose.splice(index, 1);
    this.lost.push(call);
    return true;
  }
}
