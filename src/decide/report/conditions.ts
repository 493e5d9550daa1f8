import { fleetTag } from '../../model/identity.ts';
import {
  type Condition,
  type ConditionStatus,
  type ConditionType,
  conditionOf,
} from '../../model/spec/condition.ts';
import { bootstrapOf } from '../agent/bootstrap.ts';
import { configWaiting } from '../agent/config-version.ts';
import { enrolmentWaiting } from '../agent/enrolment.ts';
import { healthOf } from '../agent/health.ts';
import { bootstrapOutdated, replacementReasons } from '../droplet/replacement.ts';
import { adoptionDifferences } from '../presence/adoption.ts';
import { siblingsOf } from '../presence/siblings.ts';
import { commandFor, isoOf, type Situation, type Waiting } from '../situation.ts';
import { takeOverDrift } from './take-over-drift.ts';

interface Statement {
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

const longestMessage = 1_000;

/** Every condition of the bot; `lastTransitionTime` moves only when `status` flips. */
export function conditionsOf(situation: Situation, waiting: Waiting | undefined): Condition[] {
  const statements: [ConditionType, Statement | undefined][] = [
    ['Ready', ready(situation, waiting)],
    ['Reconciling', flag(waiting !== undefined && !waiting.stalled, waiting, 'Settled')],
    ['Stalled', flag(waiting?.stalled ?? false, waiting, 'NotStalled')],
    ['QuotaGranted', quotaGranted(situation)],
    ['DropletReady', dropletReady(situation)],
    ['AgentRegistered', agentRegistered(situation)],
    ['Bootstrapped', bootstrapOf(situation)],
    ['ConfigApplied', configApplied(situation)],
    ['Healthy', healthOf(situation)],
    ['ReplacementNeeded', replacementNeeded(situation)],
    ['BootstrapOutdated', outdated(situation)],
    ['AdoptionDiffers', differences(situation)],
    ['UnknownDroplet', unknownDroplet(situation)],
    ['AccountRestricted', restricted(situation)],
  ];
  return statements.flatMap(([type, statement]) => (statement ? [stated(situation, type, statement)] : []));
}

function stated(situation: Situation, type: ConditionType, statement: Statement): Condition {
  const before = conditionOf(situation.status, type);
  const unchanged = before?.status === statement.status;
  return {
    type,
    status: statement.status,
    reason: statement.reason,
    message: statement.message.slice(0, longestMessage),
    lastTransitionTime: unchanged ? before.lastTransitionTime : isoOf(situation.now),
    observedGeneration: situation.bot.generation,
  };
}

function is(status: boolean, reason: string, message: string): Statement {
  return { status: status ? 'True' : 'False', reason, message };
}

function flag(raised: boolean, waiting: Waiting | undefined, calm: string): Statement {
  return raised && waiting ? is(true, waiting.reason, waiting.message) : is(false, calm, '');
}

function ready(situation: Situation, waiting: Waiting | undefined): Statement {
  const { running, status } = situation;
  if (waiting) return is(false, waiting.reason, waiting.message);
  if (running) return is(true, 'Running', runningAs(situation));
  return is(
    true,
    'Stopped',
    status.droplet ? `Droplet ${status.droplet.id} is off as declared` : 'Stopped; no droplet yet',
  );
}

function runningAs(situation: Situation): string {
  return replacementNeeded(situation)
    ? 'The droplet runs as declared, except for what only a new one can have: see ReplacementNeeded'
    : 'The droplet runs as declared';
}

function quotaGranted({ status, grant }: Situation): Statement {
  if (status.placeHeld || grant.granted) return is(true, 'Granted', 'The account has a place for this bot');
  return is(false, grant.reason, grant.message);
}

const notActive = { new: 'Booting', off: 'Off', archive: 'Archived' } as const;

function dropletReady(situation: Situation): Statement {
  const { droplet } = situation.status;
  if (!droplet) return is(false, 'NoDroplet', 'There is no droplet');
  if (droplet.status !== 'active')
    return is(false, notActive[droplet.status], `Droplet ${droplet.id} is ${droplet.status}`);
  if (!droplet.publicIPv4) return is(false, 'NoAddress', `Droplet ${droplet.id} has no public address yet`);
  return is(true, 'Active', `Droplet ${droplet.id} is active at ${droplet.publicIPv4}`);
}

/** Nothing is reported of agents if no bot API is served. */
function agentRegistered(situation: Situation): Statement | undefined {
  if (!situation.agent) return undefined;
  if (!situation.status.droplet) return is(false, 'NoDroplet', 'There is no droplet, so no agent');
  const waiting = enrolmentWaiting(situation);
  if (waiting) return is(false, waiting.reason, waiting.message);
  return situation.status.registration?.agent
    ? is(true, 'Registered', 'The bot’s agent has registered')
    : is(true, 'Adopted', 'The agent keeps the token that it had when its droplet was adopted');
}

function configApplied(situation: Situation): Statement | undefined {
  if (!situation.agent) return undefined;
  const waiting = configWaiting(situation);
  if (waiting) return is(false, waiting.reason, waiting.message);
  return is(true, 'Applied', `The bot runs by config version ${situation.status.appliedConfig?.version}`);
}

function replacementNeeded(situation: Situation): Statement | undefined {
  const reasons = replacementReasons(situation);
  if (reasons.length === 0) return takenOver(situation);
  const message = `Only a new droplet can have: ${reasons.join(', ')}. ${goAhead(situation)}`;
  return is(true, 'DeclaredChange', message);
}

function goAhead({ bot }: Situation): string {
  return `Everything on the present one would be lost; to go ahead, set spec.redeployRequest to a new value, or run ${commandFor(bot, 'redeploy')}`;
}

function takenOver(situation: Situation): Statement | undefined {
  const found = takeOverDrift(situation);
  if (found.length === 0) return undefined;
  const message = `The droplet was taken over as it is: ${found.join('; ')}. It stays so. ${goAhead(situation)}`;
  return is(true, 'TakenOver', message);
}

/** The account's standing is shown on each of its bots, whatever else it waits for. */
function restricted({ cloud: { standing } }: Situation): Statement | undefined {
  return standing && is(true, standing.reason, standing.message);
}

function outdated(situation: Situation): Statement | undefined {
  if (!bootstrapOutdated(situation)) return undefined;
  return is(
    true,
    'BootstrapChanged',
    'spec.bootstrap has changed since the droplet was made; it takes effect at the next redeploy',
  );
}

function differences(situation: Situation): Statement | undefined {
  const found = adoptionDifferences(situation);
  return found.length === 0
    ? undefined
    : is(true, 'Differs', `${found.join('; ')}. It stays so until a redeploy is requested`);
}

/**
 * A person restored it under the bot's name, or it is older than births: only a person can say whose it is.
 */
function unknownDroplet(situation: Situation): Statement | undefined {
  if (situation.others.length === 0) return undefined;
  const unknown = siblingsOf(situation).find(({ kind }) => kind === 'unborn' || kind === 'stranger');
  if (!unknown) return undefined;
  const { id } = unknown.droplet;
  const first = unknown.kind === 'stranger' ? `give it the tag ${fleetTag(situation.fleetID)}, then ` : '';
  const message =
    `Droplet ${id} bears this bot's name, and no create of this fleet is known to have made it; it is left alone and billed. ` +
    `Destroy or rename it yourself; or, to use it for this bot, ${first}run \`clawfleet resolve ${situation.bot.key} --keep ${id}\``;
  return is(true, 'NotOurs', message);
}
