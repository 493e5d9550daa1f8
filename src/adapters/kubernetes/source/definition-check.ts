import { group } from '../../../model/manifest/kinds.ts';
import { type Clock, sleep } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { KubeAPI } from '../client/kube-api.ts';
import { failureOf } from '../client/kube-error.ts';
import type { KubeObject, ObjectMeta } from '../client/kube-object.ts';
import { type ResourceType, resourcePath } from '../client/resource-path.ts';
import { accountType, botType, definitionType } from './objects.ts';

const name = `${botType.plural}.${group}`;
const path = resourcePath(definitionType, { name });
/** Deletions wait for it: asked often, it holds them up no longer than the server is away. */
const retryMs = 200;

/** Why a Bot goes that nobody asked to go, for people. */
const wholesale = `The CustomResourceDefinition ${name} is being deleted, and with it every bot`;

/**
 * Tells whether a Bot is deleted for its own sake or because the CustomResourceDefinition is: the API server then
 * marks every object deleted, and nothing on the object says so. The definition is marked before its objects are, so
 * a reading of it that begins after a mark was seen is the proof. Marks seen together share a reading.
 */
export class DefinitionCheck {
  readonly #client: KubeAPI;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  #reading: Promise<unknown> | undefined;
  #next: Promise<string | undefined> | undefined;

  constructor(client: KubeAPI, clock: Clock, log: Log) {
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  /** The reason when the deletion of this object is not its own; never settles once stopped. */
  async reasonFor({ deletionTimestamp = '' }: ObjectMeta): Promise<string | undefined> {
    const since = await this.#read();
    // Both are in whole seconds, and of one format: in doubt it counts as the definition's.
    return since !== undefined && deletionTimestamp >= since ? wholesale : undefined;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Since when the definition is being deleted. A reading under way began too early for whoever asks now. */
  #read(): Promise<string | undefined> {
    this.#next ??= (this.#reading ?? Promise.resolve()).then(() => {
      const reading = this.#untilRead();
      this.#reading = reading;
      this.#next = undefined;
      return reading;
    });
    return this.#next;
  }

  async #untilRead(): Promise<string | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#readOnce();
      } catch (error) {
        if (this.#stopped.signal.aborted) return new Promise(() => undefined);
        if (tries === 1) this.#log.warn({ err: error }, `deletions wait: ${name} could not be read`);
        await sleep(this.#clock, retryMs, this.#stopped.signal).catch(() => undefined);
      }
    }
  }

  async #readOnce(): Promise<string | undefined> {
    try {
      const { signal } = this.#stopped;
      const { metadata } = await this.#client.request<KubeObject>('GET', path, { signal });
      return metadata.deletionTimestamp;
    } catch (error) {
      // Gone already: everything that still shows went with it.
      if (faultOf(error, 'absent')) return '';
      throw error;
    }
  }
}

/**
 * Throws when the API server does not serve Bots or Accounts (`refused`, reason DefinitionsMissing), or does not let us
 * list them (the API server's own refusal, which names verb, resource and user). `namespaces` undefined: everywhere.
 */
export async function requireDefinitions(
  client: KubeAPI,
  namespaces: readonly (string | undefined)[] = [undefined],
): Promise<void> {
  for (const namespace of namespaces) {
    for (const type of [botType, accountType]) await requireKind(client, type, namespace);
  }
}

async function requireKind(client: KubeAPI, type: ResourceType, namespace: string | undefined) {
  try {
    await client.request('GET', resourcePath(type, { namespace }), { query: { limit: 1 } });
  } catch (error) {
    if (failureOf(error)?.httpStatus !== 404 || !faultOf(error, 'refused')) throw error;
    throw new PortError(
      { kind: 'refused', reason: 'DefinitionsMissing', httpStatus: 404 },
      `${client.host} does not know ${type.plural}.${type.group}: its CustomResourceDefinition is not installed`,
      { cause: error },
    );
  }
}
