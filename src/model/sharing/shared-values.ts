import type { BotStatus, ConfigRecord, DropletRecord } from '../spec/bot-status.ts';
import type { Condition } from '../spec/condition.ts';

/** Most values kept for sharing: a fleet has few distinct ones. Past this, sharing starts over. */
const mostValues = 4096;

/** The first value met under each key. */
class SharedMap<T> {
  #values = new Map<string, T>();

  /** The first value met under `key`, if there was one. */
  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  /** The first value met under `key`: this one, if there was none. */
  of(key: string, value: T): T {
    const known = this.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= mostValues) this.#values = new Map();
    this.#values.set(key, value);
    return value;
  }
}

type Conditions = NonNullable<BotStatus['conditions']>;

/**
 * Lets equal parts of many records be one object: ten thousand bots mostly have the same droplet block, cloud
 * and conditions. What goes in must never be mutated. Texts that differ from bot to bot are kept apart, so
 * that they do not crowd out those that are the same.
 */
export class SharedValues {
  readonly #texts = new SharedMap<string>();
  readonly #times = new SharedMap<string>();
  readonly #parts = new SharedMap<object>();
  readonly #specs = new SharedMap<object>();
  readonly #specTexts = new SharedMap<object>();
  /** By type of condition: some types say the same of every bot, others name its droplet. */
  readonly #conditions = new Map<Condition['type'], SharedMap<Condition>>();
  readonly #messages = new Map<Condition['type'], SharedMap<string>>();

  text(value: string): string {
    return this.#texts.of(value, value);
  }

  /** ISO 8601. */
  time(value: string): string {
    return this.#times.of(value, value);
  }

  /** The spec in the JSON text; a text met before is not parsed again. */
  specOf<T extends object>(text: string): T {
    const known = this.#specTexts.get(text);
    return (known ?? this.#specTexts.of(text, this.spec(JSON.parse(text) as T))) as T;
  }

  spec<T extends object>(spec: T): T {
    const shared: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(spec)) shared[field] = this.#part(value);
    return this.#specs.of(JSON.stringify(shared), shared) as T;
  }

  /** `uid` is that of the status's bot. */
  status(status: BotStatus, uid: string): BotStatus {
    const { ownerUID, conditions, droplet, handledRequests, registration } = status;
    const { desiredConfig, appliedConfig, issuedConfigs, lastHeartbeatTime } = status;
    return {
      ...status,
      ...(ownerUID === uid && { ownerUID: uid }),
      ...(conditions && { conditions: conditions.map((condition) => this.#condition(condition)) }),
      ...(droplet && { droplet: this.#droplet(droplet) }),
      ...(handledRequests && { handledRequests: this.#object(handledRequests) }),
      ...(registration && { registration: this.#registration(registration) }),
      ...(desiredConfig && { desiredConfig: this.#config(desiredConfig) }),
      ...(appliedConfig && { appliedConfig: this.#config(appliedConfig) }),
      ...(issuedConfigs && { issuedConfigs: this.#object(issuedConfigs) }),
      ...(lastHeartbeatTime !== undefined && { lastHeartbeatTime: this.time(lastHeartbeatTime) }),
    };
  }

  #droplet(droplet: DropletRecord): DropletRecord {
    const { template, managedTags } = droplet;
    const tags = managedTags.map((tag) => (isOfOneBot(tag) ? tag : this.text(tag)));
    return {
      ...droplet,
      status: this.#texts.of(droplet.status, droplet.status) as DropletRecord['status'],
      region: this.text(droplet.region),
      size: this.text(droplet.size),
      image: this.text(droplet.image),
      createdAt: this.time(droplet.createdAt),
      cloud: this.#object(droplet.cloud),
      managedTags: tags,
      ...(template && { template: this.#template(template, tags) }),
    };
  }

  /** Most droplets were created with exactly the tags they should have: then one list serves both. */
  #template(
    template: NonNullable<DropletRecord['template']>,
    managedTags: string[],
  ): NonNullable<DropletRecord['template']> {
    const { tags } = template;
    const isSame =
      tags.length === managedTags.length && tags.every((tag, index) => tag === managedTags[index]);
    return {
      ...template,
      region: this.text(template.region),
      size: this.text(template.size),
      image: this.text(template.image),
      sshKeys: this.#object(template.sshKeys),
      tags: isSame ? managedTags : tags,
      bootstrapHash: this.text(template.bootstrapHash),
      declared: this.#object(template.declared),
    };
  }

  #registration({ tokens, ...rest }: NonNullable<BotStatus['registration']>) {
    return { ...rest, tokens: tokens.map((token) => ({ ...token, issuedAt: this.time(token.issuedAt) })) };
  }

  /** Bots with the same declaration have configs with the same id. */
  #config({ id, version, since }: ConfigRecord): ConfigRecord {
    return { id: this.text(id), version, since: this.time(since) };
  }

  #condition(condition: Conditions[number]): Condition {
    const { type, status, reason, message, lastTransitionTime, observedGeneration } = condition;
    const known = mapOf(this.#conditions, type);
    return known.of(`${status} ${reason} ${lastTransitionTime} ${observedGeneration} ${message}`, {
      ...condition,
      type: this.text(type) as Condition['type'],
      status: this.text(status) as Condition['status'],
      reason: this.text(reason),
      message: mapOf(this.#messages, type).of(message, message),
      lastTransitionTime: this.time(lastTransitionTime),
    });
  }

  #part(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    return typeof value === 'object' && value !== null ? this.#object(value) : value;
  }

  #object<T extends object>(value: T): T {
    return this.#parts.of(JSON.stringify(value), value) as T;
  }
}

function mapOf<T>(maps: Map<Condition['type'], SharedMap<T>>, type: Condition['type']): SharedMap<T> {
  const map = maps.get(type) ?? new SharedMap<T>();
  maps.set(type, map);
  return map;
}

/** Whether the tag names one bot, by its uid or its key. */
function isOfOneBot(tag: string): boolean {
  return tag.startsWith('bot-') || tag.startsWith('key-');
}
