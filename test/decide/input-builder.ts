import { bootstrapHash } from '../../src/decide/agent/bootstrap.ts';
import { decide } from '../../src/decide/decide.ts';
import type { Decision } from '../../src/decide/decision.ts';
import { requiredTags } from '../../src/decide/droplet/in-place.ts';
import type { RecentEffect } from '../../src/decide/effect.ts';
import type { AgentObservation, CreateOffer, Hearing, Input } from '../../src/decide/input.ts';
import { pick } from '../../src/kit/pick.ts';
import { birthTag } from '../../src/model/birth.ts';
import { dropletName, fleetTag, releasedTag } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import type {
  BotStatus,
  CreateAttempt,
  DropletRecord,
  DropletTemplate,
} from '../../src/model/spec/bot-status.ts';
import type { Condition } from '../../src/model/spec/condition.ts';
import {
  dropletFields,
  observedFields,
  type RequestedDroplet,
  recordedFields,
  requestedFields,
  switchedFields,
} from '../../src/model/spec/droplet-fields.ts';
import { effectiveDroplet } from '../../src/model/spec/droplet-spec.ts';
import type { Catalogue, Droplet } from '../../src/ports/cloud.ts';

export const now = Date.parse('2026-03-01T12:00:00Z');
export const uid = '0b0c2f6e-9d3a-4c55-8a61-2f1f6f0a7d10';
export const fleetID = 'abcd1234';
export const cloud = { apiURL: 'https://api.example.com', accountUUID: 'account-1' };

/** ISO time, `ms` before now. */
export const ago = (ms: number) => new Date(now - ms).toISOString();

export const spec: BotSpec = { accountRef: { name: 'acme' } };

export function botOf(changes: Partial<BotRecord> = {}): BotRecord {
  return {
    key: resourceKey('default', 'heron'),
    namespace: 'default',
    name: 'heron',
    uid,
    generation: 1,
    version: '1',
    createdAt: ago(3_600_000),
    problems: [],
    origin: 'heron.yaml:1',
    spec,
    status: {},
    hasFinalizer: true,
    pristine: true,
    ...changes,
  };
}

/** The account has everything that a create would name. */
export const offer: CreateOffer = {
  image: { id: 1, name: 'Ubuntu', status: 'available', regions: ['nyc3', 'fra1'], minDiskGB: 15 },
  missingKeys: [],
  isAtDropletLimit: false,
};

export function inputOf(changes: Partial<Input> = {}): Input {
  return {
    now,
    bot: botOf(),
    fleetID,
    cloud: { identity: cloud, viewed: true, time: now },
    incident: undefined,
    oldState: undefined,
    keep: undefined,
    sharedWith: undefined,
    createsForbidden: undefined,
    held: undefined,
    grant: { granted: true },
    recorded: { kind: 'unlooked' },
    others: [],
    keyed: [],
    adoptee: undefined,
    adopteeHeldBy: undefined,
    attempt: undefined,
    effects: [],
    slots: { create: { admitted: true }, remediation: { admitted: true }, destruction: { admitted: true } },
    catalogue: undefined,
    actions: undefined,
    action: undefined,
    offer,
    searched: true,
    budgetLeftUSD: undefined,
    settlingWindowMs: 120_000,
    absenceWindowMs: 30_000,
    shutdownGraceMs: 60_000,
    agent: undefined,
    ...changes,
  };
}

export const tokenHash = 'a'.repeat(64);
export const agentHash = 'b'.repeat(64);
export const configHash = 'c'.repeat(32);

/** An agent that is heard, and a config that is known; `changes` say otherwise. */
export function agentOf(
  changes: Partial<AgentObservation> = {},
  hearing: Partial<Hearing> = {},
): AgentObservation {
  return {
    reports: [],
    config: { kind: 'known', hash: configHash },
    hearing: {
      sinceHeardMs: 5_000,
      quietMs: 3_600_000,
      sinceAnyHeardMs: 1_000,
      silentTogether: false,
      ...hearing,
    },
    registrationTokenLifeMs: 3_600_000,
    ...changes,
  };
}

/** What is stored of a bot whose agent has registered and runs by its config. */
export const enrolled: Partial<BotStatus> = {
  registration: {
    tokens: [],
    agent: { sha256: agentHash, registrationSHA256: tokenHash, registeredAt: ago(1_000_000) },
  },
  desiredConfig: { id: `1-${configHash}`, version: 1, since: ago(1_000_000) },
  issuedConfigs: [`1-${configHash}`],
  appliedConfig: { id: `1-${configHash}`, version: 1, since: ago(900_000) },
  lastHeartbeatTime: ago(600_000),
};

/** What a create asks for to have `declared`, without the tags of birth and request. */
export function orderOf(declared: BotSpec = spec): RequestedDroplet {
  const wanted = effectiveDroplet(declared.droplet);
  return { ...pick(wanted, requestedFields), tags: requiredTags({ bot: botOf(), fleetID, wanted }) };
}

export function templateOf(declared: BotSpec = spec): DropletTemplate {
  const wanted = effectiveDroplet(declared.droplet);
  return {
    ...pick(wanted, recordedFields),
    tags: requiredTags({ bot: botOf(), fleetID, wanted }),
    bootstrapHash: bootstrapHash(declared),
    declared: Object.keys(declared.droplet ?? {}),
  };
}

/** A droplet as the cloud tells it once `declared` has been carried out. */
export function dropletOf(changes: Partial<Droplet> = {}, declared: BotSpec = spec): Droplet {
  const wanted = effectiveDroplet(declared.droplet);
  return {
    ...pick(wanted, observedFields),
    id: 100,
    name: dropletName(uid),
    status: 'active',
    tags: requiredTags({ bot: botOf(), fleetID, wanted }),
    diskGB: 50,
    publicIPv4: '203.0.113.7',
    createdAt: ago(1_800_000),
    priceMonthlyUSD: 12,
    ...changes,
  };
}

/** A droplet of this bot that bears the birth. */
export function born(birth: number, changes: Partial<Droplet> = {}): Droplet {
  const droplet = dropletOf(changes);
  return { ...droplet, tags: [...droplet.tags, birthTag(birth)] };
}

export function recordOf(droplet: Droplet, changes: Partial<DropletRecord> = {}): DropletRecord {
  const { id, name, status, region, size, image, createdAt, priceMonthlyUSD, publicIPv4 } = droplet;
  const template = templateOf();
  return {
    ...{ id, name, status, region, size, image, createdAt, priceMonthlyUSD },
    ...(publicIPv4 !== undefined && { publicIPv4 }),
    origin: 'Created',
    seen: true,
    cloud,
    template,
    managedTags: template.tags,
    ...changes,
  };
}

/** A bot whose droplet is as declared: nothing to do. */
export function convergedInput(changes: Partial<Input> = {}, declared: BotSpec = spec): Input {
  const droplet = dropletOf({ status: declared.powerState === 'Stopped' ? 'off' : 'active' }, declared);
  const template = templateOf(declared);
  const record = recordOf(droplet, { template, managedTags: template.tags });
  return ownedInput(droplet, { record, spec: declared, input: changes });
}

interface Owned {
  readonly record?: DropletRecord;
  readonly spec?: BotSpec;
  readonly status?: Partial<BotStatus>;
  readonly bot?: Partial<BotRecord>;
  readonly input?: Partial<Input>;
}

/** A bot that records `droplet`, which is seen as it is. */
export function ownedInput(droplet: Droplet, owned: Owned = {}): Input {
  const status: BotStatus = {
    ownerUID: uid,
    observedGeneration: 1,
    handledRequests: {},
    droplet: owned.record ?? recordOf(droplet),
    placeHeld: true,
    ...owned.status,
  };
  const bot = botOf({ pristine: false, spec: owned.spec ?? spec, status, ...owned.bot });
  return inputOf({ bot, recorded: { kind: 'seen', droplet, proven: true, confirmed: true }, ...owned.input });
}

export function attemptOf(changes: Partial<CreateAttempt> = {}): CreateAttempt {
  return {
    id: 'attempt-1',
    storedAt: ago(10_000),
    cloud,
    template: templateOf(),
    knownDropletIDs: [],
    ...changes,
  };
}

export const catalogue: Catalogue = {
  sizes: [
    { slug: 's-1vcpu-1gb', priceMonthlyUSD: 6, diskGB: 25, regions: ['nyc3', 'fra1'], available: true },
    { slug: 's-1vcpu-2gb', priceMonthlyUSD: 12, diskGB: 50, regions: ['nyc3', 'fra1'], available: true },
    { slug: 's-2vcpu-2gb', priceMonthlyUSD: 18, diskGB: 60, regions: ['nyc3'], available: true },
    { slug: 's-2vcpu-4gb', priceMonthlyUSD: 24, diskGB: 80, regions: ['fra1'], available: true },
    { slug: 's-sold-out', priceMonthlyUSD: 30, diskGB: 80, regions: ['nyc3'], available: false },
  ],
  regions: [
    { slug: 'nyc3', available: true, sizes: ['s-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-2gb'] },
    { slug: 'fra1', available: true, sizes: ['s-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-4gb'] },
    { slug: 'nyc1', available: false, sizes: [] },
  ],
  images: ['ubuntu-22-04-x64', 'ubuntu-24-04-x64'],
};

/** Decides as one pass does: again from the new status until there is something to store or to look at. */
export function concluded(input: Input): Decision & { readonly steps: readonly Decision[] } {
  const steps: Decision[] = [];
  let draft = input;
  for (;;) {
    const decision = decide(draft);
    steps.push(decision);
    if (decision.look || !decision.again || steps.length > 20) return { ...decision, steps };
    draft = { ...following(draft, decision.status), bot: { ...draft.bot, status: decision.status } };
  }
}

/** The input once `status` is stored: what is known of the droplet that it now records, as the engine would tell it. */
export function following(input: Input, status: BotStatus): Input {
  const bot = { ...input.bot, status, pristine: false };
  const id = status.droplet?.id;
  const others = input.others.filter((other) => other.droplet.id !== id);
  if (id === input.bot.status.droplet?.id) return { ...input, bot, others };
  const known = [...input.others, ...input.keyed].map((other) => other.droplet);
  const adopted = typeof input.adoptee === 'object' ? [input.adoptee] : [];
  const droplet = [...known, ...adopted].find((found) => found.id === id);
  const recorded = droplet
    ? ({ kind: 'seen', droplet, proven: true, confirmed: true } as const)
    : ({ kind: 'unlooked' } as const);
  return { ...input, bot, others, keyed: id === undefined ? input.keyed : [], recorded };
}

export function condition(status: BotStatus, type: Condition['type']): Condition | undefined {
  return status.conditions?.find((found) => found.type === type);
}

/** `Ready=False/Reason`, of the three that kstatus reads. */
export function told(status: BotStatus): string {
  return ['Ready', 'Reconciling', 'Stalled']
    .map((type) => condition(status, type as Condition['type']))
    .map((found) => `${found?.type}=${found?.status}`)
    .join(' ')
    .concat(` ${condition(status, 'Ready')?.reason}`);
}

const ids = [7, 50, 100, 101, 102, 200, 300];
const actions = ['shutdown', 'power_off', 'power_on', 'reboot', 'resize', 'rename'];
const features = switchedFields.map((field) => dropletFields[field].change).flatMap(actionsOf);

function actionsOf({ on, off }: { readonly on: string; readonly off?: string }): string[] {
  return off === undefined ? [on] : [on, off];
}

/** Whatever the decision may wish for now was carried out `sinceMs` ago. */
export function allSent(sinceMs: number): RecentEffect[] {
  const tags = [...dropletOf().tags, releasedTag, fleetTag(fleetID), 'blue'];
  const of = (id: number) => [
    `destroy ${id}`,
    ...[...actions, ...features].map((type) => `${type} ${id}`),
    ...tags.flatMap((tag) => [`tag ${id} ${tag}`, `untag ${id} ${tag}`]),
  ];
  return ['create', 'release', ...ids.flatMap(of)].map((signature) => ({ signature, sinceMs, times: 1 }));
}
