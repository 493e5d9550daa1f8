import { createHash } from 'node:crypto';
import { agentHashOf } from '../model/agent-credentials.ts';
import type { BotRecord } from '../model/records.ts';
import type { AgentDesk } from '../ports/agent-desk.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { faultOf } from '../ports/port-error.ts';
import type { ConfigAnswer, ConfigCall, Refused, ServedConfig, Waiting } from './bot-api.ts';
import { type Asked, beginWait, type ConfigLooks, type Wait } from './config-wait.ts';
import { authenticate, type Shown, shownBy } from './credentials.ts';
import type { LongPolls } from './long-polls.ts';
import { impossible, noConfig, notLeading, unauthorised, unavailable } from './refusals.ts';

export interface ConfigDeskParts {
  readonly desk: AgentDesk;
  readonly clock: Clock;
  readonly polls: LongPolls;
  /** Told to bots; undefined: not told. */
  readonly controlPlaneURL: string | undefined;
  readonly leader: () => string | undefined;
}

/** What is declared has changed, and its id is not stored yet: it must not be served. */
interface Unsettled {
  readonly kind: 'unsettled';
  /** The id that is stored, and the etag of its config. */
  readonly id: string;
  readonly etag: string;
}

/** So long it is waited for an id to be stored by who has not even the config that is stored. */
const settleMs = 5_000;

/** Serves each bot its config: only what is stored as desired, only to the agent whose token is good at that moment. */
export class ConfigDesk implements ConfigLooks {
  readonly #parts: ConfigDeskParts;
  readonly #urlTag: string;

  constructor(parts: ConfigDeskParts) {
    this.#parts = parts;
    const { controlPlaneURL: url } = parts;
    this.#urlTag = url === undefined ? '' : `.${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
  }

  async serve(call: ConfigCall): Promise<ConfigAnswer | Waiting> {
    const { clock, polls } = this.#parts;
    const now = clock.monotonic();
    const { ifNoneMatch, waitMs } = call;
    const asked = { shown: shownBy(call), ifNoneMatch, waitUntil: now + waitMs, settleUntil: now + settleMs };
    const first = await this.look(asked);
    if (first.kind !== 'wait') return first;
    if (polls.isFull) return first.otherwise;
    return { kind: 'waiting', begin: (later) => beginWait(this, asked, first, later) };
  }

  async look({ shown, ifNoneMatch, waitUntil, settleUntil }: Asked): Promise<ConfigAnswer | Wait> {
    const answer = await this.#answer(shown);
    if (answer.kind === 'refused') return answer;
    const { etag } = answer;
    const hasStored = etag === ifNoneMatch;
    if (answer.kind === 'config' && !hasStored) return answer;
    const ms = (hasStored ? waitUntil : settleUntil) - this.#parts.clock.monotonic();
    const otherwise = hasStored ? ({ kind: 'notModified', etag } as const) : unavailable;
    return ms > 0 ? { kind: 'wait', id: storedID(answer), ms, otherwise } : otherwise;
  }

  hold({ shown }: Asked, { id, ms }: Wait, wake: () => void): Cancel | undefined {
    const { desk, polls } = this.#parts;
    const bot = authenticate(desk, shown)?.bot;
    const agent = bot && agentHashOf(bot);
    const isNews = (next: BotRecord) =>
      next.status.desiredConfig?.id !== id || agentHashOf(next) !== agent || next.deletion !== undefined;
    if (bot && !isNews(bot)) return polls.hold(bot.key, isNews, ms, wake);
    queueMicrotask(wake);
    return () => undefined;
  }

  /** By the record and the credentials of this very moment. */
  async #answer(shown: Shown): Promise<ServedConfig | Refused | Unsettled> {
    const { desk, leader } = this.#parts;
    if (!desk.leads()) return notLeading(leader());
    const bot = authenticate(desk, shown)?.bot;
    if (!bot) return unauthorised;
    if (bot.deletion) return impossible('The bot is being deleted.');
    try {
      return await this.#present(bot);
    } catch (error) {
      if (!faultOf(error)) throw error;
      return faultOf(error, 'absent', 'refused') ? noConfig : unavailable;
    }
  }

  async #present(bot: BotRecord): Promise<ServedConfig | Refused | Unsettled> {
    const { desk, controlPlaneURL } = this.#parts;
    const { desiredConfig } = bot.status;
    if (!desiredConfig) return noConfig;
    const { id, version } = desiredConfig;
    const etag = `${id}${this.#urlTag}`;
    const { hash, content } = await desk.configOf(bot);
    // Its secret may have been read while the bot's record changed.
    if (id !== `${version}-${hash}` || desk.bot(bot.key)?.status.desiredConfig?.id !== id) {
      desk.call(bot.key);
      return { kind: 'unsettled', id, etag };
    }
    const body = { id, version, ...content, ...(controlPlaneURL !== undefined && { controlPlaneURL }) };
    return { kind: 'config', etag, body };
  }
}

function storedID(answer: ServedConfig | Unsettled): string {
  return answer.kind === 'config' ? answer.body.id : answer.id;
}
