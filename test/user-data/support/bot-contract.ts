/** One call as it came over HTTP. */
export interface BotCall {
  /** Method and path, with the bot's id written as `:id`. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly bearer: string;
  readonly ifNoneMatch: string | undefined;
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const unauthorized: Answer = { status: 401, body: '{"title":"Unauthorized"}' };

/** What the control plane owes to one bot, in memory. */
export class BotContract {
  #registrationToken: string;
  readonly #botID: string;
  readonly #issued: string[] = [];
  readonly #held = new Set<() => void>();
  #agentToken: string | undefined;
  #config: string | undefined;

  constructor(registrationToken: string, botID: string) {
    this.#registrationToken = registrationToken;
    this.#botID = botID;
  }

  get agentToken(): string | undefined {
    return this.#agentToken;
  }

  /** Declares another config, or other things beside the same one; calls that are held are answered. */
  declare(config: { readonly id: string }): void {
    this.#issued.push(config.id);
    this.#config = JSON.stringify(config);
    for (const release of this.#held) release();
  }

  /** A new registration token: the agent token bound before is dead. */
  replaceToken(registrationToken: string): void {
    this.#registrationToken = registrationToken;
    this.#agentToken = undefined;
  }

  async answer(call: BotCall): Promise<Answer> {
    if (call.route === 'POST /v1/bot/register') return this.#register(call);
    if (this.#agentToken === undefined || call.bearer !== this.#agentToken) return unauthorized;
    switch (call.route) {
      case 'POST /v1/bot/:id/heartbeat':
        return ok({ status: 'ok', desired_config_id: this.#desired ?? null });
      case 'GET /v1/bot/:id/config':
        return this.#serveConfig(call);
      case 'POST /v1/bot/:id/config_ack':
        return this.#acknowledge(String(call.body['config_id']));
      default:
        return { status: 404, body: '{"title":"Not Found"}' };
    }
  }

  get #desired(): string | undefined {
    return this.#issued.at(-1);
  }

  #register({ bearer, body }: BotCall): Answer {
    const token = String(body['agent_token']);
    const taken = this.#agentToken !== undefined && this.#agentToken !== token;
    const known = bearer === this.#registrationToken && body['bot_id'] === this.#botID;
    if (!known || taken || !/^[0-9a-f]{64}$/.test(token)) return unauthorized;
    this.#agentToken = token;
    return ok({ status: 'registered' });
  }

  async #serveConfig({ query, ifNoneMatch }: BotCall): Promise<Answer> {
    if (ifNoneMatch === this.#tag) await this.#change(Number.parseInt(query.get('wait') ?? '0', 10) * 1_000);
    if (this.#config === undefined) return { status: 404, body: '{"title":"Not Found"}' };
    if (ifNoneMatch === this.#tag) return { status: 304, headers: { etag: this.#tag }, body: '' };
    return { status: 200, headers: { etag: this.#tag }, body: this.#config };
  }

  /** Opaque, and more than the id. */
  get #tag(): string {
    return `"${this.#desired ?? ''}.Rev${this.#issued.length}"`;
  }

  /** Until another config is declared, or for so long. */
  async #change(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#held.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#held.delete(resolve);
  }

  #acknowledge(id: string): Answer {
    if (id === this.#desired) return ok({ status: 'acknowledged' });
    return { status: this.#issued.includes(id) ? 409 : 404, body: '{"title":"Not the desired config"}' };
  }
}

function ok(body: Record<string, unknown>): Answer {
  return { status: 200, body: JSON.stringify(body) };
}
