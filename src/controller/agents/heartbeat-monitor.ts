import { isSilent } from '../../decide/agent/silence.ts';
import type { Hearing } from '../../decide/input.ts';
import { TimeHeap } from '../../kit/time-heap.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { MassSilence } from './mass-silence.ts';
import { Outages } from './outages.ts';

/** Whom to listen for: one agent, known by its token's hash. */
export interface Expected {
  readonly agentSHA256: string;
  readonly timeoutMs: number;
  /** What is stored of its health. */
  readonly health: 'True' | 'False' | 'Unknown';
}

interface Agent extends Expected {
  /** Since when it is listened for; all times are monotonic ms. */
  readonly since: number;
  heardAt: number | undefined;
  /** As the outages' `deafMs` when it was heard last, or listening began. */
  deafMs: number;
  /** When it is looked at whether it has fallen silent; undefined once that is on record. */
  due: number | undefined;
}

interface Beat {
  readonly agentSHA256: string;
  readonly at: number;
  readonly deafMs: number;
}

/** Verdicts are not looked for more often than this. */
const lookMs = 1_000;
/** A timer that comes so late was held up with its whole process: beats that came meanwhile lie in their sockets, and are read first. */
const heldUpMs = 5_000;
const readMs = 2_000;

interface Options {
  readonly clock: Clock;
  /** The bot's health may have changed. */
  readonly call: (key: ResourceKey) => void;
  /** How many are silent together has changed. */
  readonly onSilence: () => void;
}

/**
 * When each agent was heard last, in memory alone: a beat costs two look-ups and no timer. One timer serves all
 * deadlines, each of which is looked at again only once it has passed.
 */
export class HeartbeatMonitor {
  readonly #options: Options;
  readonly #agents = new Map<ResourceKey, Agent>();
  /** Heard while nobody listened for them, such as at the end of an operation: an agent may be faster than we see it. */
  readonly #early = new Map<ResourceKey, Beat>();
  readonly #heap = new TimeHeap<ResourceKey>();
  readonly #outages: Outages;
  readonly #silence: MassSilence;
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;
  /** Nobody is judged before: what came while the process was held up is read first. */
  #readUntil = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#outages = new Outages(options.clock.monotonic());
    this.#silence = new MassSilence(() => this.#agents.size, options.onSilence);
  }

  /** Bots that are silent together, so that nothing is done about it; 0 when there are none. */
  get silentTogether(): number {
    return this.#silence.size;
  }

  /** Bots that are listened for. */
  get size(): number {
    return this.#agents.size;
  }

  /** Listens for the agent from now on, or goes on doing so. `together`: it is on record as silent with many others. */
  listen(key: ResourceKey, expected: Expected, together = false): void {
    const known = this.#agents.get(key);
    if (known?.agentSHA256 === expected.agentSHA256) {
      this.#agents.set(key, { ...known, ...expected });
      const isShorter = expected.timeoutMs < known.timeoutMs;
      const isOnRecord = expected.health === 'False';
      if (known.due === undefined ? !isOnRecord : isShorter)
        this.#arm(key, Math.max(this.#now, (known.heardAt ?? known.since) + expected.timeoutMs));
      return;
    }
    const since = this.#now;
    const early = this.#heardEarly(key, expected);
    const heardAt = early?.at;
    const deafMs = early?.deafMs ?? this.#outages.deafMs(since, expected.timeoutMs);
    this.#agents.set(key, { ...expected, since, heardAt, deafMs, due: undefined });
    if (expected.health === 'False' && heardAt === undefined) this.#silence.known(key, together);
    else this.#arm(key, (heardAt ?? since) + expected.timeoutMs);
    if (heardAt !== undefined) this.#options.call(key);
  }

  /** No beat of the bot is expected any more; `off`: whatever was heard of it is over, too. */
  ignore(key: ResourceKey, off: boolean): void {
    if (off) this.#early.delete(key);
    if (this.#agents.delete(key)) this.#silence.over(key);
  }

  beat(key: ResourceKey, agentSHA256: string): void {
    const now = this.#now;
    const deafMs = this.#outages.heard(now);
    const agent = this.#agents.get(key);
    if (!agent) this.#early.set(key, { agentSHA256, at: now, deafMs });
    if (agent?.agentSHA256 !== agentSHA256) return;
    agent.heardAt = now;
    agent.deafMs = deafMs;
    this.#silence.over(key);
    if (agent.due === undefined) this.#arm(key, now + agent.timeoutMs);
    if (agent.health !== 'True') this.#options.call(key);
  }

  hearing(key: ResourceKey, agentSHA256: string | undefined): Hearing {
    const now = this.#now;
    const { lastHeard } = this.#outages;
    const agent = this.#agents.get(key);
    const isKnown = agent !== undefined && agent.agentSHA256 === agentSHA256;
    return {
      sinceHeardMs: isKnown && agent.heardAt !== undefined ? now - agent.heardAt : undefined,
      quietMs: isKnown ? this.#quietMs(agent, now) : 0,
      sinceAnyHeardMs: lastHeard === undefined ? undefined : now - lastHeard,
      silentTogether: this.#silence.isTogether(key),
    };
  }

  /** Wall times (epoch ms) at which agents were heard last. */
  *lastHeard(): Iterable<readonly [ResourceKey, number]> {
    const { clock } = this.#options;
    const origin = clock.now() - clock.monotonic();
    for (const [key, { heardAt }] of this.#agents)
      if (heardAt !== undefined) yield [key, Math.round(origin + heardAt)];
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #heardEarly(key: ResourceKey, { agentSHA256, timeoutMs }: Expected): Beat | undefined {
    const early = this.#early.get(key);
    this.#early.delete(key);
    const counts = early?.agentSHA256 === agentSHA256 && this.#now - early.at < timeoutMs;
    return counts ? early : undefined;
  }

  get #now(): number {
    return this.#options.clock.monotonic();
  }

  /** So long it could have been heard, and was not. */
  #quietMs({ heardAt, since, deafMs, timeoutMs }: Agent, now: number): number {
    const begin = { end: heardAt ?? since, deafMs };
    const outage = this.#outages.last(timeoutMs);
    const from = outage && outage.end > begin.end ? outage : begin;
    return now - from.end - (this.#outages.deafMs(now, timeoutMs) - from.deafMs);
  }

  #arm(key: ResourceKey, due: number): void {
    const agent = this.#agents.get(key);
    if (!agent) return;
    this.#setDue(key, agent, due);
    this.#setTimer();
  }

  #setDue(key: ResourceKey, agent: Agent, due: number): void {
    agent.due = due;
    this.#heap.push(due, key);
  }

  #setTimer(): void {
    const earliest = this.#heap.earliest?.at;
    if (earliest === undefined) return;
    const at = Math.max(earliest, this.#readUntil);
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    const cancel = this.#options.clock.schedule(Math.max(0, at - this.#now), () => this.#expire(at));
    this.#timer = { at, cancel };
  }

  #expire(at: number): void {
    this.#timer = undefined;
    const now = this.#now;
    if (now - at > heldUpMs) this.#readUntil = now + readMs;
    else this.#judgeAll(now);
    this.#setTimer();
  }

  #judgeAll(now: number): void {
    for (let entry = this.#heap.earliest; entry && entry.at <= now; entry = this.#heap.earliest) {
      this.#heap.pop();
      const agent = this.#agents.get(entry.key);
      // An entry of a deadline that was set anew is stale.
      if (agent?.due === entry.at) this.#judge(entry.key, agent, now);
    }
  }

  #judge(key: ResourceKey, agent: Agent, now: number): void {
    const { timeoutMs } = agent;
    const quietMs = this.#quietMs(agent, now);
    const isNobodyHeard = this.#outages.isNobodyHeard(now, timeoutMs);
    if (!isSilent(quietMs, timeoutMs)) {
      const left = timeoutMs - quietMs;
      const next = isNobodyHeard ? left : Math.min(left, this.#outages.msToNobodyHeard(now, timeoutMs));
      this.#setDue(key, agent, now + Math.max(lookMs, next));
      return;
    }
    if (!isNobodyHeard) this.#silence.fellSilent(key, now, timeoutMs);
    if (agent.health === 'False') {
      agent.due = undefined;
      return;
    }
    this.#options.call(key);
    // The pass may fail, or nobody at all be heard by then.
    this.#setDue(key, agent, now + timeoutMs);
  }
}
