import { createHash } from 'node:crypto';
import type {
  AcknowledgeCall,
  Acknowledged,
  Beat,
  BegunWait,
  BotAPI,
  BotCall,
  ConfigAnswer,
  ConfigCall,
  Health,
  HeartbeatCall,
  Later,
  Refused,
  RegisterCall,
  Registered,
  Waiting,
} from '../../../../../src/bot-api/bot-api.ts';
import type { BootstrapReport } from '../../../../../src/model/agent-report.ts';
import { configContent } from '../../../../../src/model/config-content.ts';

const unauthorised: Refused = { kind: 'refused', reason: 'unauthorised' };

interface MemoryBot {
  readonly registrationToken: string;
  agentToken: string | undefined;
  issued: string[];
}

/** The bot API in memory: as little of it as shows what a carrier does. */
export class MemoryBotAPI implements BotAPI {
  readonly #bots = new Map<string, MemoryBot>();
  readonly #held = new Set<() => void>();
  /** Calls that reached the API. */
  readonly calls: string[] = [];
  /** What came with each registration and beat of a bootstrap. */
  readonly reported: (BootstrapReport | undefined)[] = [];
  /** In place of every answer, while it is set. */
  refusal: Refused | undefined;
  /** Thrown in place of every answer, while it is set. */
  failure: Error | undefined;

  add(botID: string, registrationToken: string, agentToken?: string): this {
    this.#bots.set(botID, { registrationToken, agentToken, issued: [] });
    return this;
  }

  /** Desires another config; calls that wait are answered. */
  declare(botID: string, id: string): void {
    this.#bots.get(botID)?.issued.push(id);
    this.wake();
  }

  wake(): void {
    for (const wake of [...this.#held]) wake();
  }

  get waiting(): number {
    return this.#held.size;
  }

  agentTokenOf(botID: string): string | undefined {
    return this.#bots.get(botID)?.agentToken;
  }

  async register({ botID, bearer, agentToken, bootstrap }: RegisterCall): Promise<Registered | Refused> {
    this.reported.push(bootstrap);
    const refused = this.#called(`register ${botID}`);
    if (refused) return refused;
    const bot = this.#bots.get(botID);
    if (!bot || bearer !== bot.registrationToken) return unauthorised;
    if (bot.agentToken !== undefined && bot.agentToken !== agentToken) return unauthorised;
    bot.agentToken = agentToken ?? createHash('sha256').update(botID).digest('hex');
    const told = agentToken === undefined ? { agentToken: bot.agentToken } : {};
    return { kind: 'registered', botID, ...told };
  }

  async config(call: ConfigCall): Promise<ConfigAnswer | Waiting> {
    const refused = this.#called(`config ${call.botID}`) ?? this.#refusalOf(call);
    if (refused) return refused;
    const mayWait = call.waitMs > 0 && call.ifNoneMatch === this.#desired(call);
    return mayWait ? { kind: 'waiting', begin: (later) => this.#wait(call, later) } : this.#present(call);
  }

  #present(call: ConfigCall): ConfigAnswer {
    const refused = this.refusal ?? this.#refusalOf(call);
    if (refused) return refused;
    const id = this.#desired(call);
    if (id === undefined) return { kind: 'refused', reason: 'noConfig' };
    if (id === call.ifNoneMatch) return { kind: 'notModified', etag: id };
    const content = configContent({ accountRef: { name: 'acme' } }, undefined);
    return {
      kind: 'config',
      etag: id,
      body: { id, name: call.botID, version: Number.parseInt(id, 10), ...content },
    };
  }

  async acknowledge(call: AcknowledgeCall): Promise<Acknowledged | Refused> {
    const refused = this.#called(`acknowledge ${call.botID}`) ?? this.#refusalOf(call);
    if (refused) return refused;
    const { configID } = call;
    const desired = this.#desired(call);
    if (configID === desired) return { kind: 'acknowledged', configID };
    if (desired === undefined || !this.#bots.get(call.botID)?.issued.includes(configID))
      return { kind: 'refused', reason: 'unknownConfig' };
    return { kind: 'refused', reason: 'staleConfig', desiredConfigID: desired };
  }

  heartbeat(call: HeartbeatCall): Beat | Refused {
    this.reported.push(call.bootstrap);
    const refused = this.#called(`heartbeat ${call.botID}`) ?? this.#refusalOf(call);
    return refused ?? { kind: 'beat', desiredConfigID: this.#desired(call) };
  }

  health(): Health {
    return { ok: this.refusal === undefined, reasons: this.refusal ? [this.refusal.reason] : [] };
  }

  #called(call: string): Refused | undefined {
    this.calls.push(call);
    if (this.failure) throw this.failure;
    return this.refusal;
  }

  #refusalOf({ botID, bearer }: BotCall): Refused | undefined {
    const bot = this.#bots.get(botID);
    return bot?.agentToken !== undefined && bot.agentToken === bearer ? undefined : unauthorised;
  }

  #desired({ botID }: BotCall): string | undefined {
    return this.#bots.get(botID)?.issued.at(-1);
  }

  #wait(call: ConfigCall, later: Later): BegunWait {
    const wake = () => {
      clearTimeout(timer);
      if (!this.#held.delete(wake)) return;
      // What is declared in the same turn counts.
      queueMicrotask(() => {
        if (this.failure) later.failed(this.failure);
        else later.answered(this.#present(call));
      });
    };
    const timer = setTimeout(wake, call.waitMs);
    this.#held.add(wake);
    return { end: wake };
  }
}
