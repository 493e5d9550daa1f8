import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';

/** What one request came with. */
export interface BotAPIRequest {
  readonly route: string;
  readonly bearer: string;
  readonly body: Record<string, unknown>;
}

/** As much of the bot API as a droplet meets, over real HTTP. */
export class BotAPIServer {
  readonly requests: BotAPIRequest[] = [];
  /** Texts that come before `config`, one a request. */
  readonly brokenConfigs: string[] = [];
  /** The text that a config request is answered with; undefined: 404. */
  config: string | undefined;
  /** Answers of `register` to lose after they have taken effect. */
  lostRegistrations = 0;
  readonly #registrationToken: string;
  #agentToken: string | undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(registrationToken: string) {
    this.#registrationToken = registrationToken;
  }

  get agentToken(): string | undefined {
    return this.#agentToken;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  count(route: string): number {
    return this.requests.filter((request) => request.route === route).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url?.replace(/[0-9a-f-]{36}/, ':id')}`;
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const text = await textOf(request);
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    this.requests.push({ route, bearer, body });
    if (route === 'POST /bot/register') this.#register(bearer, body, response);
    else if (bearer !== this.#agentToken) send(response, 401, '{}');
    else if (route !== 'GET /bot/:id/config') send(response, 200, '{"status":"ok"}');
    else this.#serveConfig(response);
  }

  #serveConfig(response: ServerResponse): void {
    const config = this.brokenConfigs.shift() ?? this.config;
    send(response, config === undefined ? 404 : 200, config ?? '{}');
  }

  #register(bearer: string, body: Record<string, unknown>, response: ServerResponse): void {
    const token = String(body['agent_token']);
    const taken = this.#agentToken !== undefined && this.#agentToken !== token;
    if (bearer !== this.#registrationToken || taken) {
      send(response, 401, '{}');
      return;
    }
    this.#agentToken = token;
    this.lostRegistrations -= 1;
    if (this.lostRegistrations >= 0) response.destroy();
    else send(response, 200, '{"status":"registered"}');
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
