import type { TestContext } from 'node:test';
import type { BotAPI, ConfigAnswer, RegisterCall } from '../../../src/bot-api/bot-api.ts';
import { type OpenBotAPI, openBotAPI } from '../../../src/bot-api/open-bot-api.ts';
import { waited } from '../../../src/bot-api/waited.ts';
import type { BootstrapReport } from '../../../src/model/agent-report.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import type { WorldOptions } from '../../simulation/world.ts';
import { FleetBed } from '../fleet-bed.ts';

type Answer<Call extends keyof BotAPI> = Awaited<ReturnType<BotAPI[Call]>>;

export const tokenLifeMs = 3_600_000;
const beatMs = 30_000;

/** A fleet whose bots have agents: the tests speak for them, over the bot API without its HTTP. */
export class AgentBed extends FleetBed {
  /** Whose agents beat every 30 s, by their names. */
  readonly beating = new Set<string>();
  readonly #agentTokens = new Map<string, string>();
  #api: { readonly of: object; readonly api: OpenBotAPI } | undefined;
  #beats = 0;

  constructor(test: TestContext, options: Partial<WorldOptions> = {}) {
    const engine = { agents: { registrationTokenLife: tokenLifeMs }, ...options.engine };
    super(test, { ...options, engine });
  }

  /** Of the process that runs now. */
  get api(): OpenBotAPI {
    const { controller, clock, chance } = this;
    if (this.#api?.of === controller) return this.#api.api;
    if (!controller.agents) throw new Error('no bot API is served');
    const parts = {
      controlPlaneURL: 'https://fleet.example.com',
      maxLongPolls: 100,
      leader: () => undefined,
    };
    const api = openBotAPI({ backend: controller.agents, clock, chance, ...parts });
    this.#api = { of: controller, api };
    return api;
  }

  /** The token in the user-data of the bot's last create. */
  registrationToken(name: string): string {
    const token = this.registrationTokens.get(resourceKey('default', name))?.at(-1);
    if (token === undefined) throw new Error(`${name} was never created`);
    return token;
  }

  agentToken(name: string): string {
    const known = this.#agentTokens.get(name) ?? `agent-token-of-${name}-${'x'.repeat(32)}`;
    this.#agentTokens.set(name, known);
    return known;
  }

  /** What the agent of the bot shows from now on. */
  useToken(name: string, token: string): void {
    this.#agentTokens.set(name, token);
  }

  register(name: string, changes: Partial<RegisterCall> = {}): Promise<Answer<'register'>> {
    const botID = this.record(name).uid;
    const call = { botID, bearer: this.registrationToken(name), agentToken: this.agentToken(name) };
    return this.answer(this.api.register({ ...call, ...changes }));
  }

  config(name: string, ifNoneMatch?: string): Promise<ConfigAnswer> {
    return this.answer(this.poll(name, ifNoneMatch, 0));
  }

  /** Not awaited: it may wait. */
  async poll(name: string, ifNoneMatch: string | undefined, waitMs: number, gone?: AbortSignal) {
    const answer = await this.api.config({ ...this.#caller(name), ifNoneMatch, waitMs });
    return waited(answer, (end) => gone?.addEventListener('abort', end, { once: true }));
  }

  acknowledge(name: string, configID: string): Promise<Answer<'acknowledge'>> {
    return this.answer(this.api.acknowledge({ ...this.#caller(name), configID }));
  }

  beat(name: string, bootstrap?: BootstrapReport): Answer<'heartbeat'> {
    return this.api.heartbeat({ ...this.#caller(name), bootstrap });
  }

  /** The whole protocol, once; beats from then on. */
  async enrol(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.register(name);
      const served = await this.config(name);
      if (served.kind !== 'config') throw new Error(`${name} has no config: ${JSON.stringify(served)}`);
      await this.acknowledge(name, served.body.id);
      this.beating.add(name);
      this.beat(name);
    }
    await this.settle();
  }

  /** The next process over the same files; it dies at its `deathIn`th step. */
  async restartedToDie(deathIn: number): Promise<void> {
    this.kill();
    await this.start(deathIn);
    await this.settle();
  }

  /** The agent does what it can while the process lives; tells which answers it was given. */
  async speakUntilDeath(name: string): Promise<{ registered: boolean; acknowledged: boolean }> {
    const answer = await this.#whileAlive(() => this.register(name));
    const registered = answer?.kind === 'registered';
    const served = await this.#whileAlive(() => this.config(name));
    if (served?.kind !== 'config') return { registered, acknowledged: false };
    const last = await this.#whileAlive(() => this.acknowledge(name, served.body.id));
    return { registered, acknowledged: last?.kind === 'acknowledged' };
  }

  /** Time passes, and whoever beats does so every 30 s. */
  override async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    for (;;) {
      const left = end - this.clock.monotonic();
      const toBeat = Math.max(0, this.#beats - this.clock.monotonic());
      await super.pass(Math.min(left, toBeat));
      if (this.clock.monotonic() >= end) return;
      this.#beats = this.clock.monotonic() + beatMs;
      if (this.alive) for (const name of this.beating) this.beat(name);
      await this.settle();
    }
  }

  /** `True Heard`: status and reason of a condition. */
  told(name: string, type: string): string {
    const found = this.record(name).status.conditions?.find((condition) => condition.type === type);
    return `${found?.status} ${found?.reason}`;
  }

  /** Lets the engine go on until the answer is there. */
  async answer<T>(call: Promise<T>): Promise<T> {
    let answer: { readonly value: T } | undefined;
    void call.then((value) => {
      answer = { value };
    });
    for (let seconds = 0; !answer && seconds < 60; seconds += 1) {
      await this.settle();
      if (!answer) await super.pass(1_000);
    }
    if (!answer) throw new Error('no answer within a minute of virtual time');
    return answer.value;
  }

  /** Nobody hears an answer of a process that is dead. */
  async #whileAlive<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (!this.alive) return undefined;
    try {
      const answer = await call();
      return this.alive ? answer : undefined;
    } catch (error) {
      if (this.alive) throw error;
      return undefined;
    }
  }

  #caller(name: string) {
    return { botID: this.record(name).uid, bearer: this.agentToken(name) };
  }
}
