import { createHash } from 'node:crypto';
import { agentHashOf } from '../model/agent-credentials.ts';
import type { BotRecord } from '../model/records.ts';
import type { AgentDesk } from '../ports/agent-desk.ts';
import type { Clock } from '../ports/clock.ts';
import { faultOf } from '../ports/port-error.ts';
import type { ConfigCall, NotModified, Refused, ServedConfig } from './bot-api.ts';
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
export class ConfigDesk {
  readonly #parts: ConfigDeskParts;
  readonly #urlTag: string;

  constructor(parts: ConfigDeskParts) {
    this.#parts = parts;
    const { controlPlaneURL: url } = parts;
    this.#urlTag = url === undefined ? '' : `.${createHash('sha256').update(url).digest('hex').slice(0, 8)}`;
  }

  async serve(call: ConfigCall): Promise<ServedConfig | NotModified | Refused> {
    const { clock } = this.#parts;
    const begunAt = clock.monotonic();
    const shown = shownBy(call);
    for (;;) {
      const waited = clock.monotonic() - begunAt;
      const answer = await this.#answer(shown);
      if (answer.kind === 'refused') return answer;
      const hasStored = answer.etag === call.ifNoneMatch;
      if (answer.kind === 'config' && !hasStored) return answer;
      const left = (hasStored ? call.waitMs : settleMs) - waited;
      if (left <= 0 || !this.#canWait(call))
        return hasStored ? { kind: 'notModified', etag: answer.etag } : unavailable;
      await this.#wait(shown, storedID(answer), left, call.signal);
    }
  }

  #canWait({ signal }: ConfigCall): boolean {
    return !signal.aborted && !this.#parts.polls.isFull;
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

  /** Until another config than `id` is stored, or the agent may have none any more. */
  #wait(shown: Shown, id: string, ms: number, signal: AbortSignal): Promise<void> {
    const bot = authenticate(this.#parts.desk, shown)?.bot;
    if (!bot) return Promise.resolve();
    const agent = agentHashOf(bot);
    const isNews = (next: BotRecord) =>
      next.status.desiredConfig?.id !== id || agentHashOf(next) !== agent || next.deletion !== undefined;
    if (isNews(bot)) return Promise.resolve();
    return this.#parts.polls.wait(bot.key, isNews, ms, signal);
  }
}

function storedID(answer: ServedConfig | Unsettled): string {
  return answer.kind === 'config' ? answer.body.id : answer.id;
}
