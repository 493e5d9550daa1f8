import type { Cancel, Clock } from '../../../../ports/clock.ts';
import type { Purpose } from './connections.ts';

/** While calls wait and none is answered for so long, it is doubted that anything still comes through. */
const quietMs = 1_000;
/** Between two probes; the first is given twice as long before the link counts as down. */
const probeMs = 250;
/** What an interrupted link brings when it goes on comes within this. */
const graceMs = 300;
/** Where the link never was down it is rather the server that is slow: it is not suspected again so soon. */
const restMs = 30_000;

/** Its connection carries nothing any more, though nobody has closed it: others to the same server do. */
export class Stranded extends Error {
  constructor() {
    super('the connection is dead: another one to the same server is answered');
    this.name = 'Stranded';
  }
}

/** A request that was sent and whose answer has not ended. */
export interface UnderWay {
  readonly purpose: Purpose;
  abandon(reason: Stranded): void;
}

export interface LinkGuardParts {
  readonly clock: Clock;
  /** Asks the server something over a new connection; resolves when anything is answered, whatever it is. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** What is sent from now on goes over new connections. */
  readonly renew: () => void;
}

/**
 * Finds connections that died without a word, as they do when a load balancer or a route forgets them. When calls wait
 * in vain, or a connection fails, new connections are tried until one is answered. Then watches are abandoned, which
 * loses nothing, and new calls go over new connections. If the link was down before, so are calls that still wait.
 */
export class LinkGuard {
  readonly #parts: LinkGuardParts;
  /** When each was sent, oldest first. Monotonic ms, as all times here. */
  readonly #underWay = new Map<UnderWay, number>();
  /** Those without an answer's head. */
  readonly #waiting = new Set<UnderWay>();
  #heardAt = Number.NEGATIVE_INFINITY;
  #restUntil = Number.NEGATIVE_INFINITY;
  #cancelCheck: Cancel | undefined;
  #search: AbortController | undefined;
  #isDown = false;
  #closed = false;

  constructor(parts: LinkGuardParts) {
    this.#parts = parts;
  }

  sent(request: UnderWay): void {
    this.#underWay.set(request, this.#parts.clock.monotonic());
    this.#waiting.add(request);
    this.#checkAfter(quietMs);
  }

  answered(request: UnderWay): void {
    this.#waiting.delete(request);
    this.#heardAt = this.#parts.clock.monotonic();
    if (!this.#isDown) this.#search?.abort();
  }

  /** It is answered to the end, or has failed. */
  ended(request: UnderWay): void {
    this.#waiting.delete(request);
    this.#underWay.delete(request);
  }

  /** A connection failed, or could not be made. */
  failed(): void {
    this.#suspect();
  }

  /** A call had no answer in its time: its connection is not the one to try again. */
  expired(): void {
    this.#parts.renew();
    this.#suspect();
  }

  close(): void {
    this.#closed = true;
    this.#cancelCheck?.();
    this.#search?.abort();
  }

  #checkAfter(ms: number): void {
    if (this.#closed) return;
    this.#cancelCheck ??= this.#parts.clock.schedule(ms, () => {
      this.#cancelCheck = undefined;
      this.#check();
    });
  }

  #check(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const since = Math.max(this.#underWay.get(oldest) ?? 0, this.#heardAt);
    const left = since + quietMs - this.#parts.clock.monotonic();
    if (left <= 0) this.#suspect();
    this.#checkAfter(left > 0 ? left : quietMs);
  }

  #suspect(): void {
    if (this.#closed || this.#search || this.#parts.clock.monotonic() < this.#restUntil) return;
    const search = new AbortController();
    this.#search = search;
    this.#isDown = false;
    const cancel = this.#probeFrom(search.signal);
    search.signal.addEventListener('abort', () => {
      cancel();
      this.#search = undefined;
    });
  }

  /** Begins with a probe now; returns the way to begin no more. */
  #probeFrom(signal: AbortSignal): Cancel {
    const { clock, probe } = this.#parts;
    let cancel: Cancel = () => undefined;
    const next = (waitMs: number) => {
      const begunAt = clock.monotonic();
      const found = () => {
        if (!signal.aborted) this.#found(begunAt);
      };
      probe(signal).then(found, () => undefined);
      cancel = clock.schedule(waitMs, () => {
        this.#isDown = true;
        next(probeMs);
      });
    };
    next(2 * probeMs);
    return () => cancel();
  }

  #found(begunAt: number): void {
    const { clock, renew } = this.#parts;
    this.#search?.abort();
    renew();
    this.#abandon('watch', begunAt);
    if (this.#isDown) clock.schedule(graceMs, () => this.#abandon('call', begunAt));
    else this.#restUntil = clock.monotonic() + restMs;
  }

  /** Those that were sent before. */
  #abandon(purpose: Purpose, before: number): void {
    const reason = new Stranded();
    for (const [request, sentAt] of [...this.#underWay])
      if (request.purpose === purpose && sentAt < before) request.abandon(reason);
  }
}
