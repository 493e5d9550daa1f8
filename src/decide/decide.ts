import { problemText } from '../model/problem.ts';
import type { BotSpec } from '../model/spec/bot-spec.ts';
import type { BotStatus } from '../model/spec/bot-status.ts';
import { agentLookAt, agentWaiting, earliest, receive } from './agent/agent.ts';
import { archived } from './archived.ts';
import { attempt } from './attempt.ts';
import { blocked } from './blocked.ts';
import { converged } from './converged.ts';
import type { Decision } from './decision.ts';
import { deletion } from './deletion.ts';
import { nextBootLook } from './droplet/boot.ts';
import { creation } from './droplet/creation.ts';
import { inPlace } from './droplet/in-place.ts';
import { continuePower, power } from './droplet/power.ts';
import { continueReboot, reboot } from './droplet/reboot.ts';
import { blockedRedeploy, continueRedeploy, redeploy } from './droplet/redeploy.ts';
import { continueResize, refusedResize, resize } from './droplet/resize.ts';
import type { Input } from './input.ts';
import { adoption, refusedAdoption } from './presence/adoption.ts';
import { duplicates, forked } from './presence/duplicates.ts';
import { presence, refreshed } from './presence/presence.ts';
import { startingStatus } from './presence/starting-status.ts';
import { conditionEvents } from './report/condition-events.ts';
import { conditionsOf } from './report/conditions.ts';
import { phaseOf } from './report/phase.ts';
import {
  type Concern,
  commandFor,
  type Situation,
  situationOf,
  stalled,
  type Verdict,
  type Waiting,
} from './situation.ts';

/**
 * In this order: the first that returns a verdict ends the pass. HARD-CASES.md#operations-of-several-steps.
 */
const concerns: readonly Concern[] = [
  deletion,
  blocked,
  duplicateDeclaration,
  shared,
  attempt,
  presence,
  forked,
  duplicates,
  adoption,
  archived,
  openOperation,
  redeploy,
  resize,
  power,
  reboot,
  inPlace,
  blockedRedeploy,
  refusedResize,
  refusedAdoption,
  creation,
  converged,
];

const undeclared: BotSpec = { accountRef: { name: '' } };

/** Decides what to do about one bot now. Pure: the same input gives the same decision. */
export function decide(input: Input): Decision {
  const start = refreshed(situationOf(input, input.bot.spec ?? undeclared, startingStatus(input)));
  const { situation, answers, notes } = receive(start);
  const verdict = input.bot.spec || input.bot.deletion ? firstVerdict(situation) : {};
  const decision = conclude(situation, verdict);
  return { ...decision, answers, notes: [...notes, ...decision.notes] };
}

function firstVerdict(situation: Situation): Verdict {
  for (const concern of concerns) {
    const verdict = concern(situation);
    if (verdict) return verdict;
  }
  return {};
}

function conclude(situation: Situation, verdict: Verdict): Omit<Decision, 'answers'> {
  const { look, effect, again, watch, lost, gone, notes = [], drift = [] } = verdict;
  const next = { ...situation, status: verdict.status ?? situation.status };
  const requeueAt = earliest([verdict.requeueAt, agentLookAt(next), nextBootLook(next)]);
  // Half-way through, nothing is reported yet: the next decision of the same pass does that.
  const status = look || again ? next.status : reported(next, waitingOf(next, verdict), effect !== undefined);
  return {
    status,
    notes: [...notes, ...conditionEvents(next, status)],
    drift,
    ...(look && { look }),
    ...(effect && { effect }),
    ...(requeueAt !== undefined && { requeueAt }),
    ...(again && { again }),
    ...(watch !== undefined && { watch }),
    ...(lost && { lost }),
    ...(gone && { gone }),
  };
}

/** What hinders the droplet is shown rather than what its agent has yet to do. */
function waitingOf(situation: Situation, { waiting }: Verdict): Waiting | undefined {
  return problem(situation) ?? waiting ?? agentWaiting(situation);
}

/** Bad input is shown rather than anything else about the bot. */
function problem({ bot }: Situation): Waiting | undefined {
  if (bot.deletion || (bot.spec && bot.problems.length === 0)) return undefined;
  const problems = bot.problems.map(problemText).join('; ');
  return stalled('InvalidSpec', problems || 'There has never been a valid declaration of this bot');
}

/** While two declarations compete for one name, neither is acted on. */
function duplicateDeclaration({ bot }: Situation): Verdict | undefined {
  return bot.problems.some((found) => found.duplicate) ? {} : undefined;
}

/** Continues the open operation; only a redeploy may overtake it (and deletion, which comes before). */
function openOperation(situation: Situation): Verdict | undefined {
  const { operation } = situation.status;
  if (!operation) return undefined;
  if (operation.type === 'Redeploy') return continueRedeploy(situation, operation);
  const overtaking = redeploy(situation);
  if (overtaking) return overtaking;
  switch (operation.type) {
    case 'Reboot':
      return continueReboot(situation, operation);
    case 'Resize':
      return continueResize(situation, operation);
    default:
      return continuePower(situation, operation);
  }
}

/** How long until the other bot's record is checked again. */
const sharedLookMs = 60_000;

/**
 * One droplet serves one bot: neither of two bots that record the same one is acted on before a person
 * removes one of them.
 */
export function shared({ sharedWith, status, now }: Situation): Verdict | undefined {
  if (sharedWith === undefined || !status.droplet) return undefined;
  const message = `Droplet ${status.droplet.id} is on record for bot ${sharedWith} as well; delete one of the two bots, which releases the droplet without destroying it`;
  return { waiting: stalled('SharedDroplet', message), requeueAt: now + sharedLookMs };
}

/** A wiped status is owned again only once it has been rebuilt. */
function isOwned({ bot, status }: Situation): boolean {
  return bot.pristine || status.ownerUID === bot.uid || Boolean(status.droplet ?? status.createAttempt);
}

function reported(situation: Situation, waiting: Waiting | undefined, acting: boolean): BotStatus {
  const { bot, status } = situation;
  return {
    ...status,
    ...(isOwned(situation) && { ownerUID: bot.uid }),
    phase: phaseOf(situation, waiting, acting),
    observedGeneration: Math.max(bot.generation, status.observedGeneration ?? 0),
    conditions: conditionsOf(situation, keptWaiting(situation, waiting)),
  };
}

/** What a bot kept by its protection shows: that first, then whatever else it waits for. */
function keptWaiting(situation: Situation, waiting: Waiting | undefined): Waiting | undefined {
  if (!situation.kept) return waiting;
  const also = waiting ? `. Meanwhile ${waiting.reason}: ${waiting.message}` : '';
  return stalled('DeletionProtected', `${whatKeeps(situation)}${also}`);
}

function whatKeeps({ bot, kept }: Situation): string {
  const letGo = `run ${commandFor(bot, 'confirm delete')}`;
  return kept?.implicit
    ? `It is no longer declared, and spec.deletionProtection keeps it with its droplet: declare it again; or, to have it deleted, ${letGo}`
    : `Its deletion was requested, and spec.deletionProtection keeps it with its droplet: to have it deleted, set that to false, or ${letGo}`;
}
