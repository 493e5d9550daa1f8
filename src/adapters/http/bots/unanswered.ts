import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Counts the calls of each connection that are not answered yet. Of whoever sends on without waiting for answers Node
 * reads everything, and keeps each call until those before it are answered; an agent never does so, nor does a proxy.
 */
export class Unanswered {
  readonly #most: number;
  readonly #calls = new WeakMap<Socket, number>();
  /** One listener for all responses: ten thousand calls wait. */
  readonly #onClose: (this: ServerResponse) => void;

  /** `most` of one connection at once. */
  constructor(most: number) {
    this.#most = most;
    const calls = this.#calls;
    this.#onClose = function () {
      const { socket } = this.req;
      calls.set(socket, (calls.get(socket) ?? 1) - 1);
    };
  }

  /** Whether the call may be taken. If not, its connection is cut. */
  take({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const calls = (this.#calls.get(socket) ?? 0) + 1;
    if (calls > this.#most) socket.destroy();
    if (socket.destroyed) return false;
    this.#calls.set(socket, calls);
    response.on('close', this.#onClose);
    return true;
  }
}
