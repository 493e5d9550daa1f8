import { createHash } from 'node:crypto';
import { type BotRecord, isEnding } from '../model/records.ts';
import type { AgentBackend } from '../ports/agent-backend.ts';
import type { Clock } from '../ports/clock.ts';
import { faultOf } from '../ports/port-error.ts';
import type { ConfigAnswer, ConfigCall, Refused, ServedConfig, Waiting } from './bot-api.ts';
import { type Asked, ConfigWait, type ConfigWaits, type Wait } from './config-wait.ts';
import { authenticate, type Shown, shownBy } from './credentials.ts';
import type { LongPolls, PollHandle, Waiter } from './long-polls.ts';
import { impossible, noConfig, notLeading, unauthorised, unavailable } from './refusals.ts';

export interface ConfigHandlerDeps {
  readonly backend: AgentBackend;
  readonly clock: Clock;
  readonly polls: LongPolls;
  /** Sent to bots unless undefined. */
  readonly controlPlaneURL: string | undefined;
  readonly leader: () => string | undefined;
}

/** The declaration has changed, but the new config's id is not stored yet: it must not be served. */
interface NotStored {
  readonly kind: 'notStored';
  /** The id that is stored, and the etag of its config. */
  readonly id: string;
  readonly etag: string;
}

/** How long a caller that lacks even the stored config waits for the new id to be stored. */
const waitForIDMs = 5_000;

/**
 * Serves each bot its config: only what is stored as desired, and only to the agent
 * whose token is valid at that moment.
 */
export class ConfigHandler implements ConfigWaits {
  readonly #deps: ConfigHandlerDeps;
  readonly #urlTag: string;

  constructor(deps: ConfigHandlerDeps) {
    this.#deps = deps;
    const { controlPlaneURL: url } = deps;
    this.#urlTag = url === undefined ? '' : `.${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
  }

  async serve(call: ConfigCall): Promise<ConfigAnswer | Waiting> {
    const { clock, polls } = this.#deps;
    const now = clock.monotonic();
    const { ifNoneMatch, waitMs } = call;
    const has = this.#idOf(ifNoneMatch);
    const asked = {
      shown: shownBy(call),
      has,
      waitForChangeUntil: now + waitMs,
      waitForIDUntil: now + waitForIDMs,
    };
    const first = await this.check(asked);
    if (first.kind !== 'wait') return first;
    if (polls.isFull) return first.otherwise;
    return { kind: 'waiting', begin: (later) => new ConfigWait(this, asked, first, later) };
  }

  async check({ shown, has, waitForChangeUntil, waitForIDUntil }: Asked): Promise<ConfigAnswer | Wait> {
    const answer = await this.#answer(shown);
    if (answer.kind === 'refused') return answer;
    const { etag } = answer;
    const id = storedID(answer);
    const hasStored = id === has;
    if (answer.kind === 'config' && !hasStored) return answer;
    const ms = (hasStored ? waitForChangeUntil : waitForIDUntil) - this.#deps.clock.monotonic();
    const otherwise = hasStored ? ({ kind: 'notModified', etag } as const) : unavailable;
    return ms > 0 ? { kind: 'wait', id, ms, otherwise } : otherwise;
  }

  wait({ shown }: Asked, ms: number, waiter: Waiter): PollHandle | undefined {
    const { backend, polls } = this.#deps;
    const bot = authenticate(backend, shown)?.bot;
    if (bot && !waiter.isNews(bot)) return polls.wait(bot.key, waiter, ms);
    queueMicrotask(() => waiter.wake());
    return wokenAtOnce;
  }

  /** The id of the config that `etag` names. */
  #idOf(etag: string | undefined): string | undefined {
    return etag?.endsWith(this.#urlTag) ? etag.slice(0, etag.length - this.#urlTag.length) : undefined;
  }

  /**
   * Checks record and credentials again at the end: the token may have been revoked while a secret was read.
   */
  async #answer(shown: Shown): Promise<ServedConfig | Refused | NotStored> {
    const bot = this.#admitted(shown);
    if ('reason' in bot) return bot;
    const answer = await this.#presentOrWhyNot(bot);
    const still = this.#admitted(shown);
    return 'reason' in still ? still : answer;
  }

  #admitted(shown: Shown): BotRecord | Refused {
    const { backend, leader } = this.#deps;
    if (!backend.leads()) return notLeading(leader());
    const bot = authenticate(backend, shown)?.bot;
    if (!bot) return unauthorised;
    return isEnding(bot) ? impossible('The bot is being deleted.') : bot;
  }

  async #presentOrWhyNot(bot: BotRecord): Promise<ServedConfig | Refused | NotStored> {
    try {
      return await this.#present(bot);
    } catch (error) {
      if (!faultOf(error)) throw error;
      return faultOf(error, 'absent', 'refused') ? noConfig : unavailable;
    }
  }

  async #present(bot: BotRecord): Promise<ServedConfig | Refused | NotStored> {
    const { backend, controlPlaneURL } = this.#deps;
    const { desiredConfig } = bot.status;
    if (!desiredConfig) return noConfig;
    const { id, version } = desiredConfig;
    const etag = `${id}${this.#urlTag}`;
    const { hash, content } = await backend.configOf(bot);
    // The bot's record may have changed while its secret was read.
    if (id !== `${version}-${hash}` || backend.bot(bot.key)?.status.desiredConfig?.id !== id) {
      backend.call(bot.key);
      return { kind: 'notStored', id, etag };
    }
    const { name = bot.name } = content;
    const body = { id, version, ...content, name, ...(controlPlaneURL !== undefined && { controlPlaneURL }) };
    return { kind: 'config', etag, body };
  }
}

/** The handle of a waiter that is woken at once. */
const wokenAtOnce: PollHandle = { leave: () => undefined };

function storedID(answer: ServedConfig | NotStored): string {
  return answer.kind === 'config' ? answer.body.id : answer.id;
}
