import type { Chance } from '../../../ports/chance.ts';
import type { FaultRule } from './fault-rule.ts';

/** A rule with its counts so far. */
export interface OrderedFault {
  readonly id: string;
  readonly rule: FaultRule;
  /** Epoch milliseconds of the cloud; infinite for a rule without an end. */
  readonly until: number;
  matched: number;
  fired: number;
}

interface FaultTarget {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly body: string;
}

/** The ordered faults. */
export class Faults {
  readonly #chance: Chance;
  readonly #now: () => number;
  readonly #ordered = new Map<string, OrderedFault>();
  #made = 0;

  /** `now` is the cloud's time. */
  constructor(chance: Chance, now: () => number, rules: readonly FaultRule[] = []) {
    this.#chance = chance;
    this.#now = now;
    for (const rule of rules) this.order(rule);
  }

  /** Orders a fault, which replaces one of the same id. Returns the id. */
  order(rule: FaultRule): string {
    this.#made += 1;
    const id = rule.id ?? `fault-${this.#made}`;
    const until = rule.forMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + rule.forMs;
    this.#ordered.set(id, { id, rule, until, matched: 0, fired: 0 });
    return id;
  }

  /** Withdraws one fault, or all of them. Returns whether there was any. */
  withdraw(id?: string): boolean {
    if (id !== undefined) return this.#ordered.delete(id);
    const any = this.#ordered.size > 0;
    this.#ordered.clear();
    return any;
  }

  list(): readonly Readonly<OrderedFault>[] {
    return [...this.#ordered.values()];
  }

  /**
   * The rule that fires for this request. Every matching rule counts the
   * request, so that each has its own `nth`.
   */
  strike(target: FaultTarget): FaultRule | undefined {
    let struck: FaultRule | undefined;
    for (const fault of this.#ordered.values()) {
      if (fault.until <= this.#now() || !matches(fault.rule, target)) continue;
      fault.matched += 1;
      if (struck !== undefined || !this.#fires(fault)) continue;
      fault.fired += 1;
      struck = fault.rule;
    }
    return struck;
  }

  #fires({ rule, matched, fired }: OrderedFault): boolean {
    if (rule.nth !== undefined && matched !== rule.nth) return false;
    if (rule.times !== undefined && fired >= rule.times) return false;
    return (rule.probability ?? 1) >= 1 || this.#chance.random() < (rule.probability ?? 1);
  }
}

function matches({ match }: FaultRule, target: FaultTarget): boolean {
  if (match === undefined) return true;
  if (match.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  if (match.path !== undefined && !pathMatches(match.path, target.path)) return false;
  if (match.query !== undefined && !decodeQuery(target.query).includes(match.query)) return false;
  return match.bodyIncludes === undefined || target.body.includes(match.bodyIncludes);
}

/** As a person would write it: `tag_name=a:b`. */
function decodeQuery(query: string): string {
  return [...new URLSearchParams(query)].map((pair) => pair.join('=')).join('&');
}

function pathMatches(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) return pattern === path;
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, at) => part === '*' || part === given[at]);
}
