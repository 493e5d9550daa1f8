import { decide } from '../../decide/decide.ts';
import type { Decision, LastDecision } from '../../decide/decision.ts';
import type { Input } from '../../decide/input.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import { conditionOf } from '../../model/spec/condition.ts';

/** With more bots than this on their way at once, nobody asks about them one by one. */
const most = 1_000;

/**
 * The input of the last decision about each bot that is not at rest, for the latest thousand, so that a person can ask why.
 * Inputs are enough: the same input gives the same decision.
 */
export class LastDecisions {
  /** The latest last. */
  readonly #inputs = new Map<ResourceKey, Input>();

  /** Bots of which an input is kept. */
  get size(): number {
    return this.#inputs.size;
  }

  /** `decision` followed from `input` and ended its pass. */
  note(input: Input, { effect, status }: Decision): void {
    const { key } = input.bot;
    this.#inputs.delete(key);
    const isAtRest = !effect && !input.bot.deletion && conditionOf(status, 'Ready')?.status === 'True';
    if (isAtRest || effect?.kind === 'release') return;
    this.#inputs.set(key, input);
    const [oldest] = this.#inputs.keys();
    if (this.#inputs.size > most && oldest !== undefined) this.#inputs.delete(oldest);
  }

  /** Without secrets. */
  last({ key, status }: BotRecord): LastDecision {
    const input = this.#inputs.get(key);
    const isAtRest = conditionOf(status, 'Ready')?.status === 'True';
    if (!input) return { bot: key, kept: false, why: isAtRest ? 'AtRest' : 'NotKept' };
    const decidedAt = new Date(input.now).toISOString();
    return { bot: key, kept: true, decidedAt, ...withoutSecrets({ decision: decide(input), input }) };
  }
}

/** Fields of a bot, its status and its agent's reports that are hashes of tokens or encrypted. */
const secretFields = /sha256$|^encrypted$|^registrationToken$/i;
/** Anything shorter is not a secret. */
const shortestSecret = 16;

/**
 * A copy of plain JSON without its secrets. Equal secrets become equal words, wherever they stand: a decision only compares
 * hashes, so the copy still gives the same decision.
 */
export function withoutSecrets<T>(value: T): T {
  const words = new Map<string, string>();
  const text = JSON.stringify(value, (field, part: unknown) => {
    if (isSecret(field, part) && !words.has(part)) words.set(part, `(secret ${words.size + 1})`);
    return part;
  });
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'string' ? (words.get(part) ?? part) : part,
  ) as T;
}

function isSecret(field: string, part: unknown): part is string {
  return typeof part === 'string' && part.length >= shortestSecret && secretFields.test(field);
}
