import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';

/** One of a flood tells enough. */
const toldEveryMs = 600_000;

interface UnansweredDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Of one connection at once. */
  readonly most: number;
}

/**
 * Counts the calls of each connection that are not answered yet. Of whoever sends on without waiting for answers Node
 * reads everything, and keeps each call until those before it are answered; an agent never does so, nor does a proxy.
 */
export class Unanswered {
  readonly #deps: UnansweredDeps;
  readonly #calls = new WeakMap<Socket, number>();
  /** One listener for all responses: ten thousand calls wait. */
  readonly #onClose: (this: ServerResponse) => void;

  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(deps: UnansweredDeps) {
    this.#deps = deps;
    const calls = this.#calls;
    this.#onClose = function () {
      const { socket } = this.req;
      calls.set(socket, (calls.get(socket) ?? 1) - 1);
    };
  }

  /** Whether the call may be taken. If not, its connection is cut. */
  take({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const calls = (this.#calls.get(socket) ?? 0) + 1;
    if (calls > this.#deps.most) this.#cut(socket);
    if (socket.destroyed) return false;
    this.#calls.set(socket, calls);
    response.on('close', this.#onClose);
    return true;
  }

  #cut(socket: Socket): void {
    const { clock, log, most } = this.#deps;
    const now = clock.monotonic();
    if (now - this.#toldAt >= toldEveryMs) {
      this.#toldAt = now;
      const message = `a connection with more than ${most} calls unanswered was cut: who is behind it does not wait for answers`;
      log.warn({ address: socket.remoteAddress }, message);
    }
    socket.destroy();
  }
}
