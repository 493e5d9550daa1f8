import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../../../lab/certificate.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An HTTPS server that answers as it is told and counts. */
export class TlsServer {
  answer: Answer;
  /** TLS connections made so far. */
  connections = 0;
  /** Method and URL of each request. */
  readonly requests: string[] = [];
  /** Common name of each request's client certificate, if it has one. */
  readonly clients: (string | undefined)[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async listen(certificate: Certificate, answer: Answer, clientCA?: string): Promise<TlsServer> {
    const server = new TlsServer(certificate, answer, clientCA);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  private constructor(certificate: Certificate, answer: Answer, clientCA: string | undefined) {
    this.answer = answer;
    const clients = clientCA && { requestCert: true, rejectUnauthorized: false, ca: clientCA };
    this.#server = createServer({ ...certificate, ...clients }, (request, response) =>
      this.#take(request, response),
    );
    this.#server.on('secureConnection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  rotate({ key, cert }: Certificate): void {
    this.#server.setSecureContext({ key, cert });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${request.method} ${request.url}`);
    const name = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
    this.clients.push(Array.isArray(name) ? name[0] : name);
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.once('end', () => this.answer(request, response, body));
  }
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
