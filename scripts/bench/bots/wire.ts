import { connect, type Socket } from 'node:net';
import { connect as connectTLS } from 'node:tls';
import { type Answer, AnswerReader } from './answer-reader.ts';
import type { Target } from './load-protocol.ts';

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** One keep-alive connection, one call at a time; opened when it is needed. */
export class Wire {
  #target: Target;
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Rejects when the connection ends before the answer, or none comes within `withinMs`. */
  call(request: string, withinMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.setTimeout(withinMs);
      this.#socket.write(request, 'latin1');
    });
  }

  move(target: Target): void {
    this.#target = target;
    this.#socket?.destroy();
  }

  #open(): Socket {
    const { port, ca } = this.#target;
    const place = { host: '127.0.0.1', port, noDelay: true };
    const socket = ca === undefined ? connect(place) : connectTLS({ ...place, ca });
    const reader = new AnswerReader();
    socket.on('data', (chunk: Buffer) => {
      const answer = reader.push(chunk);
      if (answer) this.#answered(answer, socket);
    });
    socket.on('end', () => socket.destroy());
    socket.on('timeout', () => {
      if (this.#waiting) socket.destroy();
    });
    // Told by its close.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed(socket));
    return socket;
  }

  #answered(answer: Answer, socket: Socket): void {
    if (answer.isLast) {
      this.#socket = undefined;
      socket.destroy();
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #closed(socket: Socket): void {
    // Another one may have taken its place.
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(new Error('closed'));
  }
}
