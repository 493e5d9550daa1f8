import { type Deadline, startDeadline } from '../../../kit/deadline.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions } from '../../../ports/cloud.ts';
import type { CloudCallOutcome, CloudObserver, StatusClass } from '../../../ports/cloud-observer.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { BudgetGovernor } from '../budget/budget-governor.ts';
import type { CallReservation } from '../budget/call-reservation.ts';
import type { APIToken } from './api-token.ts';
import { brokenSuccess, classifyAnswer, classifyFailure, notSent } from './classify-answer.ts';
import type { CloudTimer } from './cloud-timer.ts';
import { MalformedAnswer } from './malformed-answer.ts';
import { RateLimitGuard } from './rate-limit-guard.ts';
import { retryRead } from './retry-read.ts';
import { pathOf, type Route } from './routes.ts';
import { type Transport, TransportError, type TransportResponse } from './transport.ts';

export interface DigitalOceanClientOptions {
  readonly transport: Transport;
  readonly token: APIToken;
  readonly userAgent: string;
  readonly budget: BudgetGovernor;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly observer: CloudObserver | undefined;
  /** Learns the cloud's time from every answer. */
  readonly timer: CloudTimer;
  /** From the first request of a read to the end of its last retry. */
  readonly readDeadlineMs: number;
  readonly mutationDeadlineMs: number;
  /** The most retries of a read. */
  readonly readRetries: number;
}

export interface APICall<T> {
  readonly route: Route;
  /** Fills the one parameter of the route's template. */
  readonly parameter?: string | number;
  readonly query?: Record<string, string>;
  readonly body?: object;
  /** Reads the result from a success's body; throws MalformedAnswer if the body is not as documented. */
  readonly read: (body: string) => T;
}

/**
 * Sends calls within the budget and their deadlines, and turns every outcome but success into a PortError.
 * Reads are retried if there was no answer; a mutation is sent once.
 */
export class DigitalOceanClient {
  readonly #options: DigitalOceanClientOptions;
  readonly #guard: RateLimitGuard;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: DigitalOceanClientOptions) {
    this.#options = options;
    this.#guard = new RateLimitGuard(options.budget, options.clock, options.chance);
    this.#headers = { accept: 'application/json', 'user-agent': options.userAgent };
  }

  async call<T>(call: APICall<T>, options: CallOptions): Promise<T> {
    const reservation = await this.#firstReservation(call.route, options);
    const isRead = call.route.method === 'GET';
    const { clock, readDeadlineMs, mutationDeadlineMs } = this.#options;
    using deadline = startDeadline(
      clock,
      isRead ? readDeadlineMs : mutationDeadlineMs,
      options.signal ? [options.signal] : [],
    );
    if (!isRead) return await this.#attempt(call, reservation, deadline);
    return await this.#repeat(call, reservation, deadline, options);
  }

  async #firstReservation(route: Route, options: CallOptions): Promise<CallReservation> {
    const { flaw } = this.#options.token;
    if (flaw !== undefined) {
      options.permit?.release();
      throw new PortError({ kind: 'unauthorised' }, `${route.name} was not sent: ${flaw}`);
    }
    return (
      this.#options.budget.redeem(options.permit) ?? (await this.#reserve(route, options, options.signal))
    );
  }

  async #reserve(
    route: Route,
    options: CallOptions,
    signal: AbortSignal | undefined,
  ): Promise<CallReservation> {
    try {
      return await this.#options.budget.acquire(options.class, signal);
    } catch (reason) {
      throw notSent(route, 'the wait for the call budget was cancelled', reason);
    }
  }

  #repeat<T>(call: APICall<T>, first: CallReservation, deadline: Deadline, options: CallOptions): Promise<T> {
    const { clock, chance, readRetries: retries } = this.#options;
    const attempt = async (number: number) => {
      const reservation = number === 1 ? first : await this.#reserve(call.route, options, deadline.signal);
      return this.#attempt(call, reservation, deadline);
    };
    return retryRead(attempt, { clock, chance, retries, deadline });
  }

  async #attempt<T>(call: APICall<T>, reservation: CallReservation, deadline: Deadline): Promise<T> {
    const start = this.#options.clock.monotonic();
    let answer: TransportResponse | undefined;
    let outcome: CloudCallOutcome = 'ok';
    try {
      answer = await this.#send(call, deadline);
      this.#options.timer.learn(answer, start);
      return this.#read(call, answer);
    } catch (error) {
      outcome = `${faultOf(error)?.kind ?? 'unavailable'}/${statusClass(answer?.status)}`;
      throw error;
    } finally {
      reservation.finish();
      this.#options.observer?.call(
        call.route.name,
        outcome,
        (this.#options.clock.monotonic() - start) / 1000,
      );
    }
  }

  async #send(call: APICall<unknown>, deadline: Deadline): Promise<TransportResponse> {
    const { route, body } = call;
    const { transport, token } = this.#options;
    const headers = { ...this.#headers, authorization: token.authorization };
    try {
      return await transport({
        method: route.method,
        path: pathOf(route, call.parameter, call.query),
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: deadline.signal,
        deadlineMs: Math.ceil(deadline.remainingMs()),
      });
    } catch (error) {
      // An unexpected error of a transport does not prove that nothing was sent.
      const failure =
        error instanceof TransportError ? error : new TransportError(String(error), true, { cause: error });
      throw classifyFailure(route, failure);
    }
  }

  #read<T>(call: APICall<T>, answer: TransportResponse): T {
    this.#guard.check(call.route, answer);
    if (answer.status < 200 || answer.status > 299) {
      throw classifyAnswer(call.route, { ...answer, body: this.#options.token.redact(answer.body) });
    }
    try {
      return call.read(answer.body);
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      throw brokenSuccess(call.route, answer);
    }
  }
}

function statusClass(status: number | undefined): StatusClass {
  return status === undefined ? 'none' : (`${Math.trunc(status / 100)}xx` as StatusClass);
}
