import { hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../../ports/clock.ts';
import type { ServerLimits } from './server-limits.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Several times the largest fleet: a bot that is forgotten counts as a stranger until it has called once. */
const mostBots = 50_000;
const mostAddresses = 10_000;

/** Who calls, as far as limits go. */
export interface Caller {
  /** Names the bearer without telling it; undefined without one. */
  readonly credentials: string | undefined;
  readonly address: string;
}

/**
 * A bot is limited by what it calls with good credentials, so that nobody else can use its share up. Everybody else
 * is limited by address, and there only by failures: thousands of bots behind one address are no attack.
 */
export class CallLimits {
  readonly #bots: TokenBuckets;
  readonly #addresses: TokenBuckets;
  readonly #waiting = new Map<string, number>();
  readonly #waitsOfBot: number;

  constructor(
    clock: Clock,
    { bot, address, waitsOfBot }: Pick<ServerLimits, 'bot' | 'address' | 'waitsOfBot'>,
  ) {
    this.#bots = new TokenBuckets(clock, bot, mostBots);
    this.#addresses = new TokenBuckets(clock, address, mostAddresses);
    this.#waitsOfBot = waitsOfBot;
  }

  /** How long the caller must wait before its next call; 0 when it need not. */
  waitMs({ credentials, address }: Caller): number {
    if (credentials !== undefined && this.#bots.has(credentials)) return this.#bots.waitMs(credentials);
    return this.#addresses.waitMs(address);
  }

  /** The call came with good credentials. */
  accepted({ credentials }: Caller): void {
    if (credentials !== undefined) this.#bots.take(credentials);
  }

  /** The call failed, or needs no credentials: it is held against the address, and against the bot if one is known. */
  counted({ credentials, address }: Caller): void {
    if (credentials !== undefined && this.#bots.has(credentials)) this.#bots.take(credentials);
    this.#addresses.take(address);
  }

  /** The credentials are not good, or no more: who comes with them is a stranger. */
  unauthorised({ credentials, address }: Caller): void {
    if (credentials !== undefined) this.#bots.forget(credentials);
    this.#addresses.take(address);
  }

  /** Whether one more call of these credentials may wait. */
  mayEnter(credentials: string): boolean {
    return (this.#waiting.get(credentials) ?? 0) < this.#waitsOfBot;
  }

  /** The same, and it does; `leave` when it has waited. */
  enter(credentials: string): boolean {
    if (!this.mayEnter(credentials)) return false;
    this.#waiting.set(credentials, (this.#waiting.get(credentials) ?? 0) + 1);
    return true;
  }

  leave(credentials: string): void {
    const waiting = (this.#waiting.get(credentials) ?? 1) - 1;
    if (waiting > 0) this.#waiting.set(credentials, waiting);
    else this.#waiting.delete(credentials);
  }
}

export function callerOf(bearer: string | undefined, ip: string): Caller {
  const credentials = bearer === undefined ? undefined : hash('sha256', bearer, 'base64');
  return { credentials, address: networkOf(ip) };
}

/** What an address counts as: IPv6 by its /64, all of which one caller may have. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  return mapped ?? `${groupsOf(ip).slice(0, 4).join(':')}::/64`;
}

/** The eight groups, without leading zeros. */
function groupsOf(ip: string): string[] {
  const [head = [], tail = []] = ip
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16).toString(16));
}
