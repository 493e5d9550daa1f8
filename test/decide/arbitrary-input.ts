import fc from 'fast-check';
import type { Admission, AgentObservation, DropletObservation, Input, Miss } from '../../src/decide/input.ts';
import type { Report } from '../../src/model/agent-report.ts';
import { birthTag, requestTag } from '../../src/model/birth.ts';
import { adoptTag, dropletName, fleetTag, keyTag, releasedTag } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import type {
  BotStatus,
  ConfigRecord,
  CreateAttempt,
  DropletRecord,
  Operation,
  Registration,
} from '../../src/model/spec/bot-status.ts';
import type { CloudAction, Droplet } from '../../src/ports/cloud.ts';
import { arbitraryBotSpec } from '../model/arbitrary-spec.ts';
import {
  agentHash,
  agentOf,
  ago,
  allSent,
  attemptOf,
  botOf,
  catalogue,
  cloud,
  configHash,
  dropletOf,
  fleetID,
  inputOf,
  now,
  offer,
  recordOf,
  templateOf,
  tokenHash,
  uid,
} from './input-builder.ts';

export const foreignTag = fleetTag('other000');

const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 2) => fc.option(arbitrary, { nil: undefined, freq });

/** Seldom there: what stops every decision would hide all others. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const time = fc.integer({ min: 0, max: 200_000_000 }).map(ago);
const id = fc.constantFrom(100, 200, 300);
const sizes = ['s-1vcpu-1gb', 's-1vcpu-2gb', 's-2vcpu-2gb', 's-2vcpu-4gb', 's-unknown'];
const clouds = fc.constantFrom(...Array(9).fill(cloud), { ...cloud, accountUUID: 'account-2' });
const request = fc.option(fc.constantFrom('r1', 'r2'), { nil: undefined });

function present<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}

const plainSpec: fc.Arbitrary<BotSpec> = fc
  .record({
    powerState: fc.constantFrom('Running', 'Stopped', undefined),
    deletionPolicy: fc.constantFrom('Delete', 'Orphan', undefined),
    rebootRequest: request,
    health: fc.constantFrom({ remediation: 'Reboot' }, { remediation: 'Replace' }, undefined),
    redeployRequest: request,
    adopt: seldom(fc.constant({ dropletID: 300 })),
    droplet: fc
      .record({
        size: fc.constantFrom(...sizes, undefined),
        region: fc.constantFrom('nyc3', 'fra1', undefined),
        backups: fc.constantFrom(true, undefined),
        ipv6: fc.constantFrom(true, undefined),
        tags: fc.constantFrom<string[] | undefined>(['Blue'], undefined),
        replacePolicy: fc.constantFrom('Automatic', undefined),
      })
      .map(present),
  })
  .map((spec) => ({ accountRef: { name: 'acme' }, ...present(spec) }) as BotSpec);

const spec = fc.oneof({ weight: 9, arbitrary: plainSpec }, { weight: 1, arbitrary: arbitraryBotSpec });

const tags = fc.subarray([
  ...dropletOf().tags,
  foreignTag,
  releasedTag,
  adoptTag(fleetID),
  keyTag(botOf().key),
  birthTag(1),
  birthTag(2),
  birthTag(3),
  requestTag('r1'),
  'blue',
]);

export const droplet: fc.Arbitrary<Droplet> = fc
  .record({
    id,
    status: fc.constantFrom('new', 'active', 'off', 'archive'),
    name: fc.constantFrom(dropletName(uid), 'web-1'),
    size: fc.constantFrom(...sizes),
    tags: fc.oneof(fc.constant([...dropletOf().tags]), tags),
    backups: fc.boolean(),
    ipv6: fc.boolean(),
    createdAt: time,
    birth: fc.constantFrom([], [birthTag(1)], [birthTag(2)]),
  })
  .map(({ birth, tags, ...changes }) =>
    dropletOf({
      ...changes,
      tags: [...tags, ...birth.filter((tag) => !tags.includes(tag))],
    } as Partial<Droplet>),
  );

const record: fc.Arbitrary<DropletRecord> = fc
  .record({
    droplet,
    origin: fc.constantFrom('Created', 'Adopted'),
    seen: fc.boolean(),
    cloud: clouds,
    spec: plainSpec,
    bare: fc.boolean(),
    birth: maybe(fc.constantFrom(1, 2)),
  })
  .map(({ droplet, origin, seen, cloud, spec, bare, birth }) => {
    const { template: _, ...rest } = recordOf(droplet, {
      origin: origin as DropletRecord['origin'],
      seen,
      cloud,
      ...(birth !== undefined && { birth }),
    });
    return bare ? rest : { ...rest, template: templateOf(spec) };
  });

const attempt: fc.Arbitrary<CreateAttempt> = fc
  .record({
    storedAt: time,
    cloud: clouds,
    knownDropletIDs: fc.uniqueArray(id),
    birth: maybe(fc.constantFrom(1, 2)),
  })
  .map((changes) => attemptOf(present(changes)));

const operation: fc.Arbitrary<Operation> = fc
  .record({
    type: fc.constantFrom('Start', 'Stop', 'Reboot', 'Resize', 'Redeploy'),
    step: fc.constantFrom('Shutdown', 'PowerOff', 'Resize', 'PowerOn', 'Reboot', 'Destroy', 'Create'),
    requestID: request,
    size: fc.constantFrom(...sizes, undefined),
    startedAt: time,
    stepAt: time,
  })
  .map((one) => present(one) as Operation);

const hash = fc.constantFrom(tokenHash, agentHash, 'd'.repeat(64));
const registration: fc.Arbitrary<Registration> = fc
  .record({
    tokens: fc.array(fc.record({ sha256: hash, issuedAt: time, runningSince: maybe(time) }).map(present), {
      maxLength: 2,
    }),
    agent: maybe(fc.record({ sha256: hash, registrationSHA256: hash, registeredAt: time })),
  })
  .map((one) => present(one) as Registration);

const config: fc.Arbitrary<ConfigRecord> = fc.constantFrom(1, 2).map((version) => ({
  id: version === 1 ? `1-${configHash}` : '2-other',
  version,
  since: ago(1_000),
}));

const status: fc.Arbitrary<BotStatus> = fc
  .record({
    ownerUID: fc.constantFrom(uid, uid, uid, 'another', undefined),
    observedGeneration: maybe(fc.nat(5)),
    births: maybe(fc.nat(3)),
    droplet: maybe(record, 4),
    createAttempt: seldom(attempt),
    knownDropletIDs: seldom(fc.uniqueArray(id)),
    operation: maybe(operation),
    placeHeld: fc.constantFrom(true, undefined),
    refusal: maybe(
      fc.record({
        what: fc.constantFrom('create', 'resize', 'tag'),
        message: fc.constant('no'),
        at: time,
        count: fc.integer({ min: 1, max: 50 }),
        generation: fc.nat(3),
      }),
      1,
    ),
    handledRequests: maybe(fc.record({ reboot: request, redeploy: request }).map(present), 4),
    replacements: maybe(fc.record({ count: fc.nat(6), lastAt: time }), 1),
    remediations: maybe(fc.record({ count: fc.nat(4), lastAt: time }), 1),
    registration: maybe(registration, 3),
    desiredConfig: maybe(config, 3),
    issuedConfigs: maybe(fc.uniqueArray(config.map(({ id }) => id)), 2),
    appliedConfig: maybe(config, 2),
    lastHeartbeatTime: maybe(time, 2),
  })
  .map((one) => present(one) as BotStatus);

const bot: fc.Arbitrary<BotRecord> = fc
  .record({
    spec: maybe(spec, 9),
    status,
    generation: fc.integer({ min: 1, max: 3 }),
    pristine: fc.boolean(),
    deletion: maybe(fc.record({ requestedAt: time, implicit: fc.boolean() }), 3),
  })
  .map(({ deletion, pristine, status, ...changes }) =>
    botOf({ ...changes, pristine, status: pristine ? {} : status, ...(deletion && { deletion }) }),
  );

const report: fc.Arbitrary<Report> = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), registrationSHA256: hash, agentSHA256: hash }),
  fc.record({
    kind: fc.constant('acknowledge' as const),
    agentSHA256: hash,
    configID: fc.constantFrom(`1-${configHash}`, '2-other', '9-never'),
  }),
);

const agent: fc.Arbitrary<AgentObservation> = fc
  .record({
    reports: fc.array(report, { maxLength: 2 }),
    config: fc.constantFrom<AgentObservation['config'][]>(
      { kind: 'known', hash: configHash },
      { kind: 'known', hash: 'other' },
      { kind: 'problem', reason: 'SecretMissing', message: 'no', stalled: true },
      undefined,
    ),
    hearing: fc.record({
      sinceHeardMs: maybe(fc.nat(400_000)),
      quietMs: fc.nat(400_000),
      sinceAnyHeardMs: maybe(fc.nat(400_000)),
      silentTogether: fc.boolean(),
    }),
  })
  .map((changes) => agentOf(changes));

const alarm = fc.constant({ reason: 'CloudIncident', message: 'odd' });

const slot = fc.constantFrom<Admission[]>(
  { admitted: true },
  { admitted: false, reason: 'WaitingForSlot', message: 'wait' },
);

const action: fc.Arbitrary<CloudAction> = fc
  .record({ type: fc.constantFrom('reboot', 'resize'), startedAt: time })
  .map((changes) => ({ id: 1, status: 'completed' as const, dropletID: 100, ...changes }));

/** The droplets 100, 200 and 300, each as every look at it shows it. */
const world = fc
  .tuple(droplet, droplet, droplet)
  .map((drawn) => drawn.map((one, index) => ({ ...one, id: 100 * (index + 1) })));

const miss: fc.Arbitrary<Miss> = fc.record({
  spanMs: fc.nat(60_000),
  agoMs: fc.nat(20_000),
  unlisted: fc.boolean(),
});

interface Looked {
  readonly kind: DropletObservation['kind'];
  readonly proven: boolean;
  readonly confirmed: readonly number[];
  readonly miss: Miss;
}

function sightOf(world: readonly Droplet[], bot: BotRecord, looked: Looked): DropletObservation {
  const { kind, proven, miss } = looked;
  const droplet = world.find((one) => one.id === bot.status.droplet?.id);
  if (!droplet) return { kind: 'unlooked' };
  if (kind === 'missing') return { kind, miss };
  return kind === 'seen'
    ? { kind, proven, droplet, confirmed: looked.confirmed.includes(droplet.id) }
    : { kind };
}

const ids = [100, 200, 300];
const few = fc.oneof(fc.constant<number[]>([]), fc.subarray(ids));

/** Anything that the engine may come across, and more. */
export const arbitraryInput: fc.Arbitrary<Input> = fc
  .record({
    bot,
    world,
    kind: fc.constantFrom<DropletObservation['kind'][]>(
      'seen',
      'seen',
      'unlooked',
      'unlisted',
      'unproven',
      'missing',
      'gone',
    ),
    proven: fc.boolean(),
    miss,
    alarms: fc.record({ incident: seldom(alarm), oldState: seldom(alarm) }),
    keep: seldom(id),
    sharedWith: seldom(fc.constant('default/other')),
    identity: maybe(clouds, 9),
    viewed: fc.constantFrom(true, true, true, true, false),
    others: few,
    keyed: few,
    confirmed: fc.oneof(fc.constant(ids), fc.subarray(ids)),
    looked: fc.constantFrom('there' as const, 'absent' as const, undefined),
    held: seldom(fc.constantFrom('delete' as const, 'recreate' as const)),
    attempt: maybe(
      fc.record({
        elapsedMs: fc.nat(200_000),
        lookUps: fc.nat(9),
        sinceLastLookMs: maybe(fc.nat(20_000)),
        lookedAfterWindow: fc.boolean(),
      }),
    ),
    since: maybe(fc.nat(200_000)),
    slots: fc.record({ create: slot, remediation: slot, destruction: slot }, { requiredKeys: [] }),
    granted: fc.constantFrom(true, true, false),
    searched: fc.constantFrom(true, true, false),
    offer: fc.constantFrom(offer, undefined, { ...offer, image: 'absent' as const }),
    catalogued: fc.constantFrom(true, true, false),
    actions: maybe(fc.array(action, { maxLength: 2 })),
    budgetLeftUSD: fc.constantFrom(undefined, 0, 20),
    agent: maybe(agent, 2),
  })
  .map(
    ({
      world,
      kind,
      proven,
      miss,
      alarms,
      identity,
      viewed,
      confirmed,
      looked,
      since,
      granted,
      catalogued,
      ...rest
    }) => {
      const recordedID = rest.bot.status.droplet?.id;
      const known = (ids: readonly number[]) =>
        world
          .filter((one) => ids.includes(one.id) && one.id !== recordedID)
          .map((one) => ({ droplet: one, confirmed: confirmed.includes(one.id) }));
      return inputOf({
        ...rest,
        others: known(rest.others),
        keyed: recordedID === undefined ? known(rest.keyed.filter((id) => !rest.others.includes(id))) : [],
        adoptee: looked === 'there' ? world[2] : looked,
        ...alarms,
        recorded: sightOf(world, rest.bot, { kind, proven, confirmed, miss }),
        cloud: { identity, viewed: viewed && identity !== undefined, time: now },
        effects: since === undefined ? [] : allSent(since),
        grant: granted ? { granted } : { granted, reason: 'QuotaExceeded', message: 'full', stalled: false },
        catalogue: catalogued ? catalogue : undefined,
      });
    },
  );
