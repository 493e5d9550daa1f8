import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which anything at all can be sent. */
export class RawClient {
  readonly socket: Socket;
  #received = '';
  readonly #closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
    });
    // A server that cuts a hostile connection is what is wanted; what it said before counts.
    socket.on('error', () => undefined);
    this.#closed = once(socket, 'close').catch(() => undefined);
  }

  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  get received(): string {
    return this.#received;
  }

  /** Everything received until the server closes the connection. */
  async untilClosed(): Promise<string> {
    await this.#closed;
    return this.#received;
  }

  /** Resolves once so many answers have begun. */
  async untilAnswers(count: number): Promise<string> {
    while (statusesOf(this.#received).length < count) await once(this.socket, 'data');
    return this.#received;
  }

  /** Sends `text` and reads the one answer to it. */
  async ask(text: string): Promise<number> {
    this.send(text);
    const before = statusesOf(this.#received).length;
    await Promise.race([this.untilAnswers(before + 1), this.#closed]);
    return statusesOf(this.#received)[before] ?? 0;
  }

  end(): void {
    this.socket.destroy();
  }
}

export function statusesOf(received: string): number[] {
  return Array.from(received.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status));
}
