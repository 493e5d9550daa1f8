import { pick } from '../../kit/pick.ts';
import { birthsOf, requestTag } from '../../model/birth.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';
import type { DropletTemplate } from '../../model/spec/bot-status.ts';
import { type RequestedField, recordedFields, requestedFields } from '../../model/spec/droplet-fields.ts';
import type { EffectiveDropletSpec } from '../../model/spec/droplet-spec.ts';
import { bootstrapHash } from '../agent/bootstrap.ts';
import { withoutFormerAgent } from '../agent/enrolment.ts';
import { search, windowHasPassed } from '../attempt.ts';
import { takenOver } from '../presence/record-droplet.ts';
import {
  type Concern,
  commandFor,
  isoOf,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
} from '../situation.ts';
import { requiredTags } from './in-place.ts';
import { afterRefusal } from './refusal.ts';

/**
 * A droplet lost again and again is re-created at once, after 1, then after 5 minutes; then a person is
 * asked.
 */
const lossBackoffMs = [0, 0, 60_000, 300_000];
export const lossMemoryMs = 86_400_000;

/** Creates the droplet of a bot that has none: every gate in turn, then the one POST. */
export const creation: Concern = (situation) => {
  if (situation.status.droplet) return undefined;
  for (const gate of gates) {
    const verdict = gate(situation);
    if (verdict) return verdict;
  }
  return create(situation);
};

const gates: readonly Concern[] = [
  takeOverByKey,
  notWhileStopped,
  onlyAfterAView,
  rebuildWipedStatus,
  notWhileInDoubt,
  notWhileForbidden,
  notWhileHeld,
  notWhileRefused,
  afterGrant,
  afterBudget,
  afterLosses,
  afterAdmission,
  afterSearch,
];

function notWhileStopped({ running }: Situation): Verdict | undefined {
  return running ? undefined : {};
}

function onlyAfterAView({ cloud }: Situation): Verdict | undefined {
  if (cloud.viewed && cloud.identity) return undefined;
  return { waiting: progressing('Observing', 'Waiting for the first whole listing of the fleet') };
}

/** A wiped status proves nothing: the droplet is searched for through a whole settling window first. */
function rebuildWipedStatus(situation: Situation): Verdict | undefined {
  const { bot, status } = situation;
  if (bot.pristine || status.ownerUID === bot.uid) return undefined;
  return windowHasPassed(situation.attempt)
    ? { status: { ...status, ownerUID: bot.uid }, again: true }
    : search(situation);
}

function takeOverByKey(situation: Situation): Verdict | undefined {
  const first = situation.keyed[0];
  const cloud = situation.cloud.identity;
  if (!first || !cloud) return undefined;
  if (!first.confirmed) return { look: { kind: 'droplet', dropletID: first.droplet.id } };
  return {
    status: takenOver(situation, first.droplet, cloud),
    again: true,
    notes: [
      normal(
        'DropletTakenOver',
        `Droplet ${first.droplet.id} was made for a bot of this name; it is taken over`,
      ),
    ],
  };
}

/** During an incident, what a listing lacks proves nothing. */
function notWhileInDoubt({ incident }: Situation): Verdict | undefined {
  return incident && { waiting: progressing(incident.reason, incident.message) };
}

function notWhileForbidden({ createsForbidden }: Situation): Verdict | undefined {
  return createsForbidden && { waiting: { ...createsForbidden, stalled: true } };
}

function notWhileHeld({ held }: Situation): Verdict | undefined {
  if (held !== 'recreate') return undefined;
  const message =
    'Many droplets vanished at once, so none is re-created. Check with `clawfleet confirm recreate --all --dry-run`; ' +
    'if they are really gone, run `clawfleet confirm recreate --all`';
  return { waiting: stalled('MassRecreationHeld', message) };
}

function afterGrant({ grant }: Situation): Verdict | undefined {
  return grant.granted ? undefined : { waiting: grant };
}

/** A replacement keeps its budget: nothing is destroyed for a create that the budget would then forbid. */
function afterBudget(situation: Situation): Verdict | undefined {
  const { budgetLeftUSD, catalogue, wanted, status } = situation;
  if (budgetLeftUSD === undefined || status.knownDropletIDs) return undefined;
  if (!catalogue) return { look: { kind: 'catalogue' } };
  const price = catalogue.sizes.find((size) => size.slug === wanted.size)?.priceMonthlyUSD ?? 0;
  if (price <= budgetLeftUSD) return undefined;
  const message =
    `Size ${wanted.size} costs $${price.toFixed(2)} a month; the account’s budget leaves ` +
    `$${Math.max(0, budgetLeftUSD).toFixed(2)}. Raise monthlyBudgetUSD, or free some of it`;
  return { waiting: progressing('BudgetExceeded', message) };
}

function notWhileRefused(situation: Situation): Verdict | undefined {
  return afterRefusal(situation, 'create', { reason: 'CreateRefused' });
}

function afterLosses(situation: Situation): Verdict | undefined {
  const losses = situation.status.replacements;
  if (!losses || situation.now >= timeOf(losses.lastAt) + lossMemoryMs) return undefined;
  const backoff = lossBackoffMs[losses.count];
  if (backoff === undefined) {
    const message = `The droplet was lost ${losses.count} times within a day; to get another, set spec.redeployRequest to a new value, or run ${commandFor(situation.bot, 'redeploy')}`;
    return { waiting: stalled('LostTooOften', message), requeueAt: timeOf(losses.lastAt) + lossMemoryMs };
  }
  const dueAt = timeOf(losses.lastAt) + backoff;
  if (situation.now >= dueAt) return undefined;
  return {
    waiting: progressing('BackingOff', `Lost ${losses.count} times; re-created at ${isoOf(dueAt)}`),
    requeueAt: dueAt,
  };
}

/**
 * Whatever the record says, a bot that had a droplet gets another only after a search by name has found none.
 * The same goes for a new bot while the fleet's listing has unreadable rows, or the state may have forgotten
 * a droplet.
 */
function afterSearch({ bot, status, cloud, oldState, searched }: Situation): Verdict | undefined {
  const isFirst = bot.pristine || (birthsOf(status) === 0 && !status.knownDropletIDs);
  const isSure = !cloud.obscured && !oldState;
  return searched || (isFirst && isSure) ? undefined : { look: { kind: 'name' } };
}

function afterAdmission(situation: Situation): Verdict | undefined {
  const admission = situation.slots.create;
  if (!admission) return { look: { kind: 'slot', slot: 'create' } };
  if (admission.admitted) return undefined;
  const waiting = progressing(admission.reason, admission.message);
  return admission.until === undefined ? { waiting } : { waiting, requeueAt: admission.until };
}

function create(situation: Situation): Verdict {
  const order = { ...pick(situation.wanted, requestedFields), tags: requiredTags(situation) };
  return {
    status: { ...withoutFormerAgent(situation.status), placeHeld: true },
    effect: {
      kind: 'create',
      order,
      template: templateOf(situation.spec, order),
      birth: birthsOf(situation.status) + 1,
      ...requestOf(situation),
    },
    waiting: progressing('Creating', 'The droplet is being created'),
  };
}

/** The request that the new droplet answers: a record that sees its tag need not redeploy for it. */
function requestOf({ spec, status }: Situation): { readonly request?: string } {
  const request = status.operation?.requestID ?? spec.redeployRequest;
  return request === undefined ? {} : { request: requestTag(request) };
}

function templateOf(spec: BotSpec, order: Pick<EffectiveDropletSpec, RequestedField>): DropletTemplate {
  return {
    ...pick(order, recordedFields),
    bootstrapHash: bootstrapHash(spec),
    declared: Object.keys(spec.droplet ?? {}),
  };
}
