import type { BotSpec } from './bot-spec.ts';
import type { BotStatus } from './bot-status.ts';
import type { Condition } from './condition.ts';

/** Distinct values kept for sharing; a fleet has few, and past this many sharing begins anew. */
const MOST_VALUES = 4096;

/**
 * Lets equal parts of many records be one object: ten thousand bots mostly have the same droplet block, cloud
 * and conditions. What goes in must never be mutated.
 */
export class SharedValues {
  #texts = new Map<string, string>();
  #values = new Map<string, object>();

  text(value: string): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST_VALUES) this.#texts = new Map();
    this.#texts.set(value, value);
    return value;
  }

  /** The first object met that has the same JSON. */
  object<T extends object>(value: T): T {
    const text = JSON.stringify(value);
    const known = this.#values.get(text);
    if (known !== undefined) return known as T;
    if (this.#values.size >= MOST_VALUES) this.#values = new Map();
    this.#values.set(text, value);
    return value;
  }

  spec<T extends BotSpec | object>(spec: T): T {
    const shared: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(spec)) shared[field] = this.#part(value);
    return shared as T;
  }

  status(status: BotStatus): BotStatus {
    const { conditions, droplet } = status;
    return {
      ...status,
      ...(conditions && { conditions: conditions.map((condition) => this.#condition(condition)) }),
      ...(droplet && {
        droplet: {
          ...droplet,
          region: this.text(droplet.region),
          size: this.text(droplet.size),
          image: this.text(droplet.image),
          cloud: this.object(droplet.cloud),
          ...(droplet.template && { template: this.object(droplet.template) }),
        },
      }),
    };
  }

  #part(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    return typeof value === 'object' && value !== null ? this.object(value) : value;
  }

  #condition(condition: Condition): Condition {
    return {
      ...condition,
      reason: this.text(condition.reason),
      message: this.text(condition.message),
      lastTransitionTime: this.text(condition.lastTransitionTime),
    };
  }
}
