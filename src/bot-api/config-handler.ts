import { createHash } from 'node:crypto';
import { type BotRecord, isEnding } from '../model/records.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Clock } from '../ports/clock.ts';
import { faultOf } from '../ports/port-error.ts';
import type { ConfigAnswer, ConfigCall, Refused, ServedConfig, Waiting } from './bot-api.ts';
import { type Asked, ConfigWait, type ConfigWaits, type Wait } from './config-wait.ts';
import { authenticate, type Shown, shownBy } from './credentials.ts';
import type { HeldPoll, LongPolls, Waiter } from './long-polls.ts';
import { impossible, noConfig, notLeading, unauthorised, unavailable } from './refusals.ts';

export interface ConfigHandlerDeps {
  readonly desk: AgentBackend;
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
export class ConfigHandler implements ConfigWaits {
  readonly #parts: ConfigHandlerDeps;
  readonly #urlTag: string;

  constructor(parts: ConfigHandlerDeps) {
    this.#parts = parts;
    const { controlPlaneURL: url } = parts;
    this.#urlTag = url === undefined ? '' : `.${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
  }

  async serve(call: ConfigCall): Promise<ConfigAnswer | Waiting> {
    const { clock, polls } = this.#parts;
    const now = clock.monotonic();
    const { ifNoneMatch, waitMs } = call;
    const has = this.#idOf(ifNoneMatch);
    const asked = { shown: shownBy(call), has, waitUntil: now + waitMs, settleUntil: now + settleMs };
    const first = await this.look(asked);
    if (first.kind !== 'wait') return first;
    if (polls.isFull) return first.otherwise;
    return { kind: 'waiting', begin: (later) => new ConfigWait(this, asked, first, later) };
  }

  async look({ shown, has, waitUntil, settleUntil }: Asked): Promise<ConfigAnswer | Wait> {
    const answer = await this.#answer(shown);
    if (answer.kind === 'refused') return answer;
    const { etag } = answer;
    const id = storedID(answer);
    const hasStored = id === has;
    if (answer.kind === 'config' && !hasStored) return answer;
    const ms = (hasStored ? waitUntil : settleUntil) - this.#parts.clock.monotonic();
    const otherwise = hasStored ? ({ kind: 'notModified', etag } as const) : unavailable;
    return ms > 0 ? { kind: 'wait', id, ms, otherwise } : otherwise;
  }

  hold({ shown }: Asked, ms: number, waiter: Waiter): HeldPoll | undefined {
    const { desk, polls } = this.#parts;
    const bot = authenticate(desk, shown)?.bot;
    if (bot && !waiter.isNews(bot)) return polls.hold(bot.key, waiter, ms);
    queueMicrotask(() => waiter.wake());
    return noPlace;
  }

  /** Of the config whose etag it is. */
  #idOf(etag: string | undefined): string | undefined {
    return etag?.endsWith(this.#urlTag) ? etag.slice(0, etag.length - this.#urlTag.length) : undefined;
  }

  /** By the record and the credentials of this very moment: a token may have died while a secret was read. */
  async #answer(shown: Shown): Promise<ServedConfig | Refused | Unsettled> {
    const bot = this.#admitted(shown);
    if ('reason' in bot) return bot;
    const answer = await this.#presentOrWhyNot(bot);
    const still = this.#admitted(shown);
    return 'reason' in still ? still : answer;
  }

  #admitted(shown: Shown): BotRecord | Refused {
    const { desk, leader } = this.#parts;
    if (!desk.leads()) return notLeading(leader());
    const bot = authenticate(desk, shown)?.bot;
    if (!bot) return unauthorised;
    return isEnding(bot) ? impossible('The bot is being deleted.') : bot;
  }

  async #presentOrWhyNot(bot: BotRecord): Promise<ServedConfig | Refused | Unsettled> {
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
    const { name = bot.name } = content;
    const body = { id, version, ...content, name, ...(controlPlaneURL !== undefined && { controlPlaneURL }) };
    return { kind: 'config', etag, body };
  }
}

/** Of who is woken at once. */
const noPlace: HeldPoll = { leave: () => undefined };

function storedID(answer: ServedConfig | Unsettled): string {
  return answer.kind === 'config' ? answer.body.id : answer.id;
}
