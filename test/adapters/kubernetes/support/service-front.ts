import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** One address before several replicas, as a Service is: each connection goes to the next one that takes it. */
export class ServiceFront {
  /** Ports of the loopback. */
  backends: readonly number[] = [];
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #turn = 0;

  static async open(): Promise<ServiceFront> {
    const front = new ServiceFront();
    front.#server.listen(0, '127.0.0.1');
    await once(front.#server, 'listening');
    return front;
  }

  private constructor() {
    this.#server = createServer((client) => {
      this.#open.add(client);
      client.on('error', () => undefined);
      client.once('close', () => this.#open.delete(client));
      this.#turn += 1;
      this.#connect(client, this.#turn, this.backends.length);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const client of this.#open) client.destroy();
  }

  #connect(client: Socket, turn: number, triesLeft: number): void {
    const port = this.backends[turn % this.backends.length];
    if (port === undefined || triesLeft === 0) {
      client.destroy();
      return;
    }
    const backend = connect(port, '127.0.0.1');
    let isConnected = false;
    backend.once('connect', () => {
      isConnected = true;
      client.pipe(backend).pipe(client);
    });
    backend.on('error', () => undefined);
    backend.once('close', () => {
      if (isConnected) client.destroy();
      else this.#connect(client, turn + 1, triesLeft - 1);
    });
    client.once('close', () => backend.destroy());
  }
}
