import type { ServerResponse } from 'node:http';
import type { ConfigAnswer, Refused } from '../../../bot-api/bot-api.ts';
import type { Log } from '../../../ports/log.ts';
import { type Answer, answerOf } from './bot-calls.ts';
import type { Caller } from './call-limits.ts';
import {
  failed,
  type Problem,
  problemBody,
  problemHeaders,
  problemMediaType,
  refusalProblem,
} from './problem.ts';
import type { Held } from './waits.ts';

export interface HeldCallDeps {
  readonly log: Log;
  /** What every answer has. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Told of each answer, for the caller's account. */
  readonly account: (caller: Caller, answer: Answer | Refused) => void;
}

/** What is left of a call while it waits: its response alone. All that fastify made of the request may go. */
export class HeldCall implements Held {
  readonly #deps: HeldCallDeps;
  readonly #caller: Caller;
  readonly #response: ServerResponse;
  readonly #sent: (status: number) => void;

  /** `sent` is told of the status that was sent. */
  constructor(deps: HeldCallDeps, caller: Caller, response: ServerResponse, sent: (status: number) => void) {
    this.#deps = deps;
    this.#caller = caller;
    this.#response = response;
    this.#sent = sent;
  }

  answered(configAnswer: ConfigAnswer): void {
    const answer = answerOf(configAnswer);
    this.#deps.account(this.#caller, answer);
    if ('reason' in answer) this.#sendProblem(refusalProblem(answer));
    else this.#sendAnswer(answer);
  }

  failed(error: unknown): void {
    this.#deps.log.error({ err: error }, 'a bot’s call that waited for its config failed');
    this.#sendProblem(failed);
  }

  onGone(listener: () => void): void {
    if (this.#response.destroyed) listener();
    else this.#response.on('close', listener);
  }

  #sendAnswer({ status, etag, body }: Answer): void {
    const headers = etag === undefined ? {} : { etag: `"${etag}"` };
    this.#send(status, headers, body && ['application/json; charset=utf-8', body]);
  }

  #sendProblem(problem: Problem): void {
    const headers = { ...problemHeaders(problem), ...(problem.status === 503 && { connection: 'close' }) };
    this.#send(problem.status, headers, [problemMediaType, problemBody(problem)]);
  }

  #send(
    status: number,
    headers: Record<string, string>,
    content: readonly [string, object] | undefined,
  ): void {
    const response = this.#response;
    if (response.destroyed || response.headersSent) return;
    const [type, body] = content ?? [];
    const bytes = body && Buffer.from(JSON.stringify(body));
    const described = type && bytes && { 'content-type': type, 'content-length': bytes.length };
    response.writeHead(status, { ...this.#deps.headers(), ...headers, ...described }).end(bytes);
    this.#sent(status);
  }
}
