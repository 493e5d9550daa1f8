import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP proxy that disturbs what goes through it. */
export class TcpProxy {
  /** Connections accepted so far. */
  accepted = 0;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  readonly #stranded = new WeakSet<Pair>();
  #listener: Server;
  #port = 0;
  #stalled = false;
  #delayMs = 0;
  #truncateAfter = Number.POSITIVE_INFINITY;

  /** `target`: URL of the server on the loopback, of any scheme. */
  static async open(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(target).port));
    await proxy.accept();
    return proxy;
  }

  private constructor(target: number) {
    this.#target = target;
    this.#listener = createServer();
  }

  get url(): string {
    return `https://${this.address}`;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get open(): number {
    return this.#pairs.size;
  }

  /** No byte passes in either direction, and the connections stay; so do new ones. */
  stall(): void {
    this.#stalled = true;
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.pause();
  }

  flow(): void {
    this.#stalled = false;
    for (const pair of this.#pairs)
      if (!this.#stranded.has(pair)) for (const socket of [pair.client, pair.server]) socket.resume();
  }

  /** New connections pass; of those that there are none ever moves again, and none is closed. */
  strand(): void {
    this.stall();
    for (const pair of this.#pairs) this.#stranded.add(pair);
    this.#stalled = false;
  }

  /** Resets all connections that there are. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** What the server sends from now on arrives so much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** After so many bytes of the server a connection made from now on ends. */
  truncate(bytes: number): void {
    this.#truncateAfter = bytes;
  }

  /** Nobody listens any more; what is open stays so. */
  async refuse(): Promise<void> {
    this.#listener.close();
    // It is closed for new connections at once, and says so when the old ones are gone.
    await new Promise(setImmediate);
  }

  /** Listens, on the same port as before. */
  async accept(): Promise<void> {
    this.#listener = createServer({ allowHalfOpen: false }, (client) => this.#take(client));
    this.#listener.listen(this.#port, '127.0.0.1');
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  #take(client: Socket): void {
    this.accepted += 1;
    const server = connect(this.#target, '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
      if (this.#stalled) socket.pause();
    }
    client.on('data', (bytes) => server.write(bytes));
    this.#pass(server, client);
  }

  #pass(server: Socket, client: Socket): void {
    let left = this.#truncateAfter;
    const late: Buffer[] = [];
    const send = (passing: Buffer) => {
      const ends = passing.length > left;
      const part = passing.subarray(0, Math.min(passing.length, left));
      left -= part.length;
      if (ends) client.end(part);
      else client.write(part);
    };
    server.on('data', (bytes: Buffer) => {
      if (this.#delayMs === 0 && late.length === 0) return send(bytes);
      late.push(bytes);
      setTimeout(() => send(late.shift() ?? bytes), this.#delayMs);
    });
  }
}
