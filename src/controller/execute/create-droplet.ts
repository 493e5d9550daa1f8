import { withToken } from '../../decide/agent/enrolment.ts';
import type { Outcome } from '../../decide/apply-outcome.ts';
import type { Effect } from '../../decide/effect.ts';
import { omit } from '../../kit/pick.ts';
import { newToken, tokenHash } from '../../kit/token.ts';
import { birthTag } from '../../model/birth.ts';
import { dropletName } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { BotStatus, CreateAttempt } from '../../model/spec/bot-status.ts';
import type { DropletRequest } from '../../ports/cloud.ts';
import type { PassContext } from '../engine/pass.ts';
import { doubtOf, unseenDroplet, unsentAttempt } from '../memory/in-doubt-tracker.ts';
import { incidentOf } from '../observe/decision-input.ts';
import type { EngineParts } from '../parts.ts';
import { leaveWithinMs } from '../settings.ts';
import { attempted, type Execution, withheld } from './attempted.ts';

type Create = Effect & { kind: 'create' };

/**
 * Provably-once creation: the attempt is stored durably by compare-and-swap, then the POST is sent once. The place
 * in the quota, the creation slot and the call permit were all taken before.
 */
export async function createDroplet(
  context: PassContext,
  bot: BotRecord,
  status: BotStatus,
  effect: Create,
): Promise<Execution> {
  const { engine, site } = context;
  const incident = incidentOf(context, bot.key);
  if (incident) return withheld(bot, status, incident.message);
  const token = newToken(engine.chance);
  const userData = composeUserData(context, bot, token);
  if (typeof userData !== 'string') return { bot, status, outcome: userData };
  const begunAt = engine.clock.monotonic();
  const claim = withAttempt(context, status, effect, token);
  // Until the POST is sent it is certain that this attempt made nothing, even if no answer to any write of it comes.
  const unsent = unsentAttempt(claim.createAttempt.id);
  engine.effects.note(bot.uid, unsent);
  const stored = await store(engine, bot, claim);
  const withdrawn = withdrawal(engine, begunAt);
  if (!withdrawn) engine.effects.undo(bot.uid, unsent);
  const request = requestOf(stored, effect, userData);
  const outcome = withdrawn ?? (await attempted(() => post(context, bot, request)));
  if (!outcome.ok && outcome.fault.kind === 'doubtful') noteDoubt(context, stored);
  return { bot: stored, status: claim, outcome: limitAware(site, outcome) };
}

/** The conditions of a new bot are decided again in any case: its attempt, stored with the finalizer, leaves them out. */
function store({ source }: EngineParts, bot: BotRecord, claim: BotStatus): Promise<BotRecord> {
  return bot.hasFinalizer
    ? source.writeStatus(bot, claim)
    : source.addFinalizerWith(bot, omit(claim, 'conditions'));
}

/** Why the POST must not leave any more, although its attempt is stored; undefined when it may. */
function withdrawal({ clock, leadership }: EngineParts, begunAt: number): Outcome | undefined {
  if (clock.monotonic() - begunAt > leaveWithinMs)
    return withdrawnFor('storing the attempt took more than 5 s');
  return leadership.msLeft() < leaveWithinMs ? withdrawnFor('the lease ends within 5 s') : undefined;
}

function withdrawnFor(why: string): Outcome {
  return { ok: false, fault: { kind: 'unavailable' }, message: `${why}; the create was withdrawn unsent` };
}

function composeUserData(
  { engine }: PassContext,
  bot: BotRecord,
  registrationToken: string,
): string | Outcome {
  try {
    return engine.userData({ bot, registrationToken, controlPlaneURL: engine.settings.controlPlaneURL });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return {
      ok: false,
      fault: { kind: 'refused', reason: 'user_data', httpStatus: 413 },
      message: error.message,
    };
  }
}

function withAttempt(
  { engine, site }: PassContext,
  status: BotStatus,
  effect: Create,
  token: string,
): BotStatus & { readonly createAttempt: CreateAttempt } {
  const cloud = site.situation().identity;
  if (!cloud) throw new Error('a create was decided before the cloud account was known');
  const storedAt = new Date(engine.clock.now()).toISOString();
  const attempt: CreateAttempt = {
    id: engine.chance.uuid(),
    storedAt,
    cloud: { apiURL: cloud.apiURL, accountUUID: cloud.accountUUID },
    template: effect.template,
    birth: effect.birth,
    ...(effect.request !== undefined && { request: effect.request }),
    knownDropletIDs: status.knownDropletIDs ?? [],
  };
  const issued = withToken(status, {
    ...{ sha256: tokenHash(token), attemptID: attempt.id, birth: effect.birth },
    issuedAt: storedAt,
  });
  return { ...issued, createAttempt: attempt, births: effect.birth, phase: 'Provisioning' };
}

function requestOf(bot: BotRecord, effect: Create, userData: string): DropletRequest {
  const tags = [
    ...effect.order.tags,
    birthTag(effect.birth),
    ...(effect.request === undefined ? [] : [effect.request]),
  ];
  return { ...effect.order, tags, name: dropletName(bot.uid), userData };
}

async function post(
  { engine, site }: PassContext,
  bot: BotRecord,
  request: DropletRequest,
): Promise<Outcome> {
  const permit = site.admission.takePermit(bot.key);
  const begunAt = engine.clock.monotonic();
  const droplet = await site.cloud.createDroplet(request, {
    class: 'create',
    signal: site.signal,
    ...(permit && { permit }),
  });
  site.view.observe(droplet, begunAt, 'answer');
  engine.doubts.watch(bot.uid, unseenDroplet(droplet.id));
  return { ok: true, droplet };
}

function noteDoubt({ engine }: PassContext, bot: BotRecord): void {
  const subject = doubtOf(bot);
  if (subject !== undefined) engine.doubts.restart(bot.uid, subject);
  engine.metrics.createDoubt('opened');
}

/** The account's droplet limit is no fault of this bot's manifest: it waits with the others instead. */
function limitAware({ admission }: PassContext['site'], outcome: Outcome): Outcome {
  if (outcome.ok) admission.dropletLimitLifted();
  if (outcome.ok || outcome.fault.kind !== 'limitReached') return outcome;
  return { ...outcome, fault: { kind: 'rateLimited', until: admission.dropletLimitReached() } };
}
