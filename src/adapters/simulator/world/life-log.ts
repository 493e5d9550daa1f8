const hourMs = 3_600_000;

/** One droplet's life, and what it has cost. Times are epoch milliseconds. */
export interface Life {
  readonly id: number;
  /** The name it was created with. */
  readonly name: string;
  readonly createdAt: number;
  readonly destroyedAt?: number;
}

/** A life as the state file keeps it. */
export interface Metered {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  destroyedAt?: number;
  /** Cost up to `meteredFrom`; from then on it grows by `hourlyUSD`. */
  usd: number;
  meteredFrom: number;
  hourlyUSD: number;
}

/** Two droplets created with one name that existed at the same time. */
export interface Overlap {
  readonly name: string;
  readonly ids: readonly [number, number];
  readonly from: number;
  /** Undefined while both still exist. */
  readonly until?: number;
}

/**
 * Creation and destruction of every droplet there ever was, with the running
 * cost. Off droplets are billed too.
 */
export class LifeLog {
  readonly #lives = new Map<number, Metered>();
  readonly #changed: (life: object) => void;

  constructor(changed: (life: object) => void) {
    this.#changed = changed;
  }

  born(id: number, name: string, at: number, hourlyUSD: number): void {
    this.restore({ id, name, createdAt: at, usd: 0, meteredFrom: at, hourlyUSD });
  }

  died(id: number, at: number): void {
    this.#meter(id, at, 0, at);
  }

  repriced(id: number, at: number, hourlyUSD: number): void {
    this.#meter(id, at, hourlyUSD);
  }

  restore(life: Metered): void {
    this.#lives.set(life.id, life);
    this.#changed(life);
  }

  lives(): readonly Life[] {
    return this.kept().map(({ id, name, createdAt, destroyedAt }) =>
      destroyedAt === undefined ? { id, name, createdAt } : { id, name, createdAt, destroyedAt },
    );
  }

  /** Every life with its meter, oldest first. */
  kept(): readonly Metered[] {
    return [...this.#lives.values()];
  }

  /** The cost of all droplets by `now`, per second at the hourly list price. */
  cost(now: number): { readonly usd: number; readonly dropletHours: number } {
    let usd = 0;
    let hours = 0;
    for (const life of this.#lives.values()) {
      usd += life.usd + ((now - life.meteredFrom) / hourMs) * life.hourlyUSD;
      hours += ((life.destroyedAt ?? now) - life.createdAt) / hourMs;
    }
    return { usd, dropletHours: hours };
  }

  /** Every pair of droplets of one name whose lifetimes overlap: each is a duplicate that cost money. */
  overlaps(): readonly Overlap[] {
    const lives = [...this.#lives.values()].toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id);
    const byName = Map.groupBy(lives, ({ name }) => name.toLowerCase());
    return [...byName.values()].filter((group) => group.length > 1).flatMap(overlapsOf);
  }

  #meter(id: number, at: number, hourlyUSD: number, destroyedAt?: number): void {
    const life = this.#lives.get(id);
    if (life === undefined) return;
    life.usd += ((at - life.meteredFrom) / hourMs) * life.hourlyUSD;
    life.meteredFrom = at;
    life.hourlyUSD = hourlyUSD;
    if (destroyedAt !== undefined) life.destroyedAt = destroyedAt;
    this.#changed(life);
  }
}

function overlapsOf(group: readonly Life[]): Overlap[] {
  return group.flatMap((first, at) =>
    group.slice(at + 1).flatMap((second) => {
      if ((first.destroyedAt ?? Infinity) <= second.createdAt) return [];
      const until = Math.min(first.destroyedAt ?? Infinity, second.destroyedAt ?? Infinity);
      const overlap = { name: first.name, ids: [first.id, second.id] as const, from: second.createdAt };
      return [until === Infinity ? overlap : { ...overlap, until }];
    }),
  );
}
