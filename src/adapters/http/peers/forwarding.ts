import type {
  AcknowledgeCall,
  BotAPI,
  BotCall,
  ConfigAnswer,
  ConfigCall,
  Health,
  HeartbeatCall,
  Refused,
  RegisterCall,
  Waiting,
} from '../../../bot-api/bot-api.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { ServedBotAPI } from '../bots/bot-calls.ts';
import { type PeerCall, PeerConnection, type PeerKey } from './peer-connection.ts';

export interface ForwardingDeps {
  /** Of this process; it names the one that leads. */
  readonly api: BotAPI;
  readonly key: PeerKey;
  readonly clock: Clock;
  readonly log: Log;
}

type AnyCall = BotCall & Partial<Pick<ConfigCall, 'waitMs'>>;

/** Longer than a report may take to be stored. */
const answerMs = 15_000;
const unreachable: Refused = { kind: 'refused', reason: 'notLeading' };

/** The same API; calls that another process is to answer are handed over to it, once. */
export class Forwarding implements ServedBotAPI {
  readonly #deps: ForwardingDeps;
  #connection: PeerConnection | undefined;
  /** The address that could not be reached when it was tried last. */
  #failing: string | undefined;

  constructor(deps: ForwardingDeps) {
    this.#deps = deps;
  }

  async register(call: RegisterCall): ReturnType<BotAPI['register']> {
    return this.#orHandOver(await this.#deps.api.register(call), 'register', call);
  }

  async config(call: ConfigCall): ReturnType<BotAPI['config']> {
    const answer = await this.#deps.api.config(call);
    if (call.waitMs === 0 || !isNotLeading(answer)) return this.#orHandOver(answer, 'config', call);
    return this.#waiting(answer, call);
  }

  async acknowledge(call: AcknowledgeCall): ReturnType<BotAPI['acknowledge']> {
    return this.#orHandOver(await this.#deps.api.acknowledge(call), 'acknowledge', call);
  }

  heartbeat(call: HeartbeatCall): ReturnType<ServedBotAPI['heartbeat']> {
    const answer = this.#deps.api.heartbeat(call);
    return isNotLeading(answer) ? this.#orHandOver(answer, 'heartbeat', call) : answer;
  }

  health(): Health {
    return this.#deps.api.health();
  }

  close(): void {
    this.#connection?.close();
  }

  /** The process that leads has the call wait; when the wait is ended here, it is ended there. */
  #waiting(refused: Refused, call: ConfigCall): Waiting {
    return {
      kind: 'waiting',
      begin: (later) => {
        const ended = new AbortController();
        this.#waited(refused, call, ended.signal).then(
          (handed) => later.answered(handed),
          (error: unknown) => later.failed(error),
        );
        return { end: () => ended.abort() };
      },
    };
  }

  /** An ended wait is answered as one who does not wait: only the process that leads knows how. */
  async #waited(refused: Refused, call: ConfigCall, ended: AbortSignal): Promise<ConfigAnswer> {
    const answer = await this.#orHandOver<ConfigAnswer>(refused, 'config', call, ended);
    if (!ended.aborted || !isNotLeading(answer)) return answer;
    return this.#orHandOver<ConfigAnswer>(refused, 'config', { ...call, waitMs: 0 });
  }

  async #orHandOver<T extends object>(
    answer: T | Refused,
    name: PeerCall,
    call: AnyCall,
    ended?: AbortSignal,
  ): Promise<T | Refused> {
    if (!isNotLeading(answer) || answer.forwardTo === undefined) return answer;
    const address = answer.forwardTo;
    try {
      const handed = await this.#handOver<T>(address, name, call, ended);
      this.#failing = undefined;
      return isNotLeading(handed) ? unreachable : handed;
    } catch (error) {
      if (!ended?.aborted) this.#tellFailure(address, error);
      return unreachable;
    }
  }

  async #handOver<T>(
    address: string,
    name: PeerCall,
    call: AnyCall,
    ended?: AbortSignal,
  ): Promise<T | Refused> {
    const patience = new AbortController();
    const end = () => patience.abort(new Error('no answer came in time'));
    const cancel = this.#deps.clock.schedule((call.waitMs ?? 0) + answerMs, end);
    ended?.addEventListener('abort', end, { once: true });
    try {
      return (await this.#connectionTo(address).call(name, call, patience.signal)) as T | Refused;
    } finally {
      cancel();
      ended?.removeEventListener('abort', end);
    }
  }

  #connectionTo(address: string): PeerConnection {
    const present = this.#connection;
    if (present?.isOpen && present.address === address) return present;
    present?.close();
    const key = this.#deps.key();
    if (!key) throw new Error('the key that replicas share is not known yet');
    this.#connection = new PeerConnection(address, key, this.#deps.clock);
    return this.#connection;
  }

  #tellFailure(leader: string, error: unknown): void {
    const message = 'bots’ calls cannot be handed over to the process that leads';
    if (this.#failing !== leader) this.#deps.log.warn({ leader, err: error }, message);
    this.#failing = leader;
  }
}

function isNotLeading(answer: object): answer is Refused & { readonly reason: 'notLeading' } {
  return 'reason' in answer && answer.reason === 'notLeading';
}
