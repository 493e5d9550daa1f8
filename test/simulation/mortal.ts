import type { Transport } from '../../src/adapters/digitalocean/transport/transport.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Source } from '../../src/ports/source.ts';

/** A process that can be killed: before or after any of its effects, nothing of it ever goes on again. */
export class Mortality {
  /** Effects so far, in all lives. */
  steps = 0;
  dead = false;
  readonly #onDeath: () => void;
  #deathIn: number;

  /** Dies at its `deathIn`th step; Infinity: never by itself. */
  constructor(deathIn: number, onDeath: () => void) {
    this.#deathIn = deathIn;
    this.#onDeath = onDeath;
  }

  /** To be passed before and after each effect; never resolves once dead. */
  step(): Promise<void> | undefined {
    this.steps += 1;
    this.#deathIn -= 1;
    if (this.#deathIn <= 0 && !this.dead) this.kill();
    return this.dead ? new Promise(() => {}) : undefined;
  }

  /** Dies at the `deathIn`th step from now. */
  dieIn(deathIn: number): void {
    this.#deathIn = deathIn;
  }

  kill(): void {
    this.dead = true;
    this.#onDeath();
  }
}

/** Timers of a dead process do not fire. */
export function mortalClock(clock: Clock, life: Mortality): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule: (delayMs, run) => clock.schedule(delayMs, () => life.dead || run()),
  };
}

/** May die before the request leaves and before its answer is heard. */
export function mortalTransport(transport: Transport, life: Mortality): Transport {
  return async (request) => {
    await life.step();
    try {
      return await transport(request);
    } finally {
      await life.step();
    }
  };
}

const writes = new Set(['hold', 'holdWith', 'writeStatus', 'writeAccountStatus', 'saveFleet', 'release']);

/** What comes before each write and, once it is committed, before its answer; either may throw. */
export interface Writing {
  asked(): void;
  committed(): Promise<void>;
}

/** May die before each write and after its commit. */
export function mortalSource<S extends Source>(source: S, life: Mortality, writing: Writing): S {
  return new Proxy(source, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (!writes.has(String(name))) return member.bind(target);
      return async (...args: unknown[]) => {
        await life.step();
        writing.asked();
        const result: unknown = await member.apply(target, args);
        await writing.committed();
        await life.step();
        return result;
      };
    },
  });
}
