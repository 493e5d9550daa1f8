import { isSilent } from '../../decide/agent/silence.ts';
import type { Hearing } from '../../decide/input.ts';
import { TimeHeap } from '../../kit/time-heap.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import { MassSilence } from './mass-silence.ts';
import { Outages } from './outages.ts';

/** The agent to listen for, known by its token's hash. */
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
  /** When to check whether it has fallen silent; undefined once that is on record. */
  due: number | undefined;
}

interface Beat {
  readonly agentSHA256: string;
  readonly at: number;
  readonly deafMs: number;
}

/** The shortest time between two checks of all agents. */
const lookMs = 1_000;
/** This late, the whole process was stalled: heartbeats are still in their sockets, and are read before anybody is judged. */
const heldUpMs = 5_000;
const readMs = 2_000;

interface Options {
  readonly clock: Clock;
  /** The bot's health may have changed. */
  readonly call: (key: ResourceKey) => void;
  /** The number of bots that are silent together has changed. */
  readonly onSilence: () => void;
}

/**
 * When each agent was last heard, in memory only: a beat costs two look-ups and no timer. One timer serves all
 * deadlines, and each deadline is checked again only once it has passed.
 */
export class HeartbeatMonitor {
  readonly #options: Options;
  readonly #agents = new Map<ResourceKey, Agent>();
  /** Beats of agents that were not yet listened for, such as at the end of an operation: an agent may be back before we notice. */
  readonly #early = new Map<ResourceKey, Beat>();
  readonly #heap = new TimeHeap<ResourceKey>();
  readonly #outages: Outages;
  readonly #silence: MassSilence;
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;
  /** No agent is judged before this time: what arrived while the process was stalled is read first. */
  #readUntil = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#outages = new Outages(options.clock.monotonic());
    this.#silence = new MassSilence(() => this.#agents.size, options.onSilence);
  }

  /** Bots that are silent together, so that none of them is remedied; 0 when there are none. */
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

  /** Stops expecting beats of the bot; `off`: also forgets what was heard of it. */
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

  /** How long it could have been heard and was not. */
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
      // An entry whose deadline was moved is stale.
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
    // The pass may fail, or no agent at all may be heard by then.
    this.#setDue(key, agent, now + timeoutMs);
  }
}
