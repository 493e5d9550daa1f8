import { type ClientHttp2Session, connect } from 'node:http2';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectTLS } from 'node:tls';
import type { Cancel, Clock } from '../../../ports/clock.ts';

const pingMs = 5_000;

/** One connection to the replica that leads; all calls share it. */
export class PeerConnection {
  readonly address: string;
  readonly #session: ClientHttp2Session;
  readonly #clock: Clock;
  #cancelPing: Cancel = () => undefined;

  /** `address`: `host:port`. */
  constructor(address: string, key: Uint8Array, clock: Clock) {
    this.address = address;
    this.#clock = clock;
    const { hostname, port } = new URL(`https://${address}`);
    const host = hostname.replace(/^\[|\]$/g, '');
    const createConnection = () =>
      connectTLS({
        ...peerTLS,
        host,
        port: Number(port),
        ALPNProtocols: ['h2'],
        pskCallback: () => ({ psk: key, identity: peerIdentity }),
        // Who has the key is a replica, whatever it is called.
        checkServerIdentity: () => undefined,
      });
    this.#session = connect(`https://${address}`, { createConnection });
    // Calls under way fail with it; the next one opens another connection.
    this.#session.on('error', () => this.close());
    this.#ping();
  }

  get isOpen(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** The answer, parsed. Rejects when none comes or `signal` aborts. */
  async call(name: PeerCall, call: object, signal: AbortSignal): Promise<unknown> {
    const stream = this.#session.request({ ':method': 'POST', ':path': `/${name}` }, { signal });
    const status = new Promise<number>((resolve, reject) => {
      stream.once('response', ({ ':status': code }) => resolve(Number(code)));
      stream.once('error', reject);
      stream.once('close', () => reject(new Error('the replica that leads gave no answer')));
    });
    stream.end(JSON.stringify(call));
    const code = await status;
    const text = await textOf(stream);
    if (code !== 200) throw new Error(`the replica that leads answered ${code}`);
    return JSON.parse(text);
  }

  close(): void {
    this.#cancelPing();
    this.#session.destroy();
  }

  /** A machine that is gone sends nothing, not even that: a ping without answer ends the connection. */
  #ping(): void {
    let isAnswered = this.#session.connecting;
    if (!isAnswered && this.isOpen)
      this.#session.ping((error) => {
        isAnswered = error === null;
      });
    this.#cancelPing = this.#clock.schedule(pingMs, () => {
      if (isAnswered) this.#ping();
      else this.close();
    });
  }
}

/** Known to every replica, and to nobody else; undefined while it is not known yet. */
export type PeerKey = () => Uint8Array | undefined;

/**
 * Replicas know each other by a key that they share (TLS-PSK, RFC 5489): neither side says anything to one that does not
 * have it, and what was said stays secret when the key leaks later. Node takes such keys with TLS 1.2 alone.
 */
export const peerTLS = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

export const peerIdentity = 'clawfleet';

export const peerCalls = ['register', 'config', 'acknowledge', 'heartbeat'] as const;

export type PeerCall = (typeof peerCalls)[number];
