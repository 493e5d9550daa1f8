import { omit } from '../../kit/pick.ts';
import { agentHashOf } from '../../model/agent-credentials.ts';
import type { Report, ReportAnswer } from '../../model/agent-report.ts';
import type { BotStatus, Registration, RegistrationToken } from '../../model/spec/bot-status.ts';
import type { Note } from '../decision.ts';
import {
  commandFor,
  isoOf,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Waiting,
  warning,
} from '../situation.ts';
import { withReport } from './bootstrap.ts';

/** What a report has changed, and the answer to it. */
export interface Receipt {
  readonly status: BotStatus;
  readonly answer: ReportAnswer;
  readonly notes: readonly Note[];
}

/** How many registration tokens may be open at once; a create in doubt may leave one behind. */
const mostTokens = 8;
/** A droplet whose agent has registered is active, and listings show it within this time. */
const showsWithinMs = 600_000;
const unauthorised = { kind: 'refused', reason: 'unauthorised' } as const;

/** Whether an agent has registered, or came with an adopted droplet. */
export function isRegistered({ bot, spec, status }: Situation): boolean {
  return agentHashOf({ uid: bot.uid, spec, status }) !== undefined;
}

/**
 * Binds an agent's token to the bot. The same pair of tokens is welcome at any time; a used registration
 * token with another agent's token is refused, with an event. HARD-CASES.md#enrolment.
 */
export function enrol(situation: Situation, report: Report & { kind: 'register' }): Receipt {
  const { status, bot } = situation;
  if (bot.deletion) return refused(status, { ...impossible, detail: 'The bot is being deleted.' });
  const agent = status.registration?.agent;
  if (agent?.registrationSHA256 === report.registrationSHA256) {
    return agent.sha256 === report.agentSHA256
      ? { status, answer: { kind: 'registered' }, notes: [] }
      : { ...refused(status, unauthorised), notes: [secondAgent] };
  }
  const token = status.registration?.tokens.find(({ sha256 }) => sha256 === report.registrationSHA256);
  if (!token || lifeLeft(situation, token) <= 0 || isOfAnother(status, token))
    return refused(status, unauthorised);
  return registered(situation, token, report);
}

/** A duplicate, soon to be destroyed, does not speak for the bot. */
function isOfAnother({ droplet }: BotStatus, { attemptID }: RegistrationToken): boolean {
  if (attemptID === undefined || droplet?.attemptID === undefined) return false;
  return attemptID !== droplet.attemptID;
}

const impossible = { kind: 'refused', reason: 'impossibleState' } as const;
const secondAgent = warning(
  'RegistrationRefused',
  'Another agent came with a registration token that has been used; if that agent is the bot’s own, run `clawfleet token` for it',
);

function refused(status: BotStatus, answer: ReportAnswer): Receipt {
  return { status, answer, notes: [] };
}

/**
 * What was known of the former agent does not hold for this one. Until a droplet is on record, another may be
 * the bot's.
 */
function registered(
  { status, now }: Situation,
  token: RegistrationToken,
  { agentSHA256: sha256, bootstrap }: Report & { kind: 'register' },
): Receipt {
  const { sha256: registrationSHA256, attemptID, birth, issuedAt: tokenIssuedAt } = token;
  const agent = {
    ...{ sha256, registrationSHA256, registeredAt: isoOf(now), tokenIssuedAt },
    ...(attemptID !== undefined && { attemptID }),
    ...(birth !== undefined && { birth }),
  };
  const others = openTokens(status.registration).filter((other) => other !== token);
  return {
    status: {
      ...withReport(omit(status, 'appliedConfig', 'lastHeartbeatTime'), bootstrap),
      registration: { tokens: status.droplet ? [] : others, agent },
    },
    answer: { kind: 'registered' },
    notes: [normal('AgentRegistered', 'The bot’s agent has registered')],
  };
}

/** The status with another token that can be redeemed. */
export function withToken(status: BotStatus, token: RegistrationToken): BotStatus {
  const { tokens = [], ...rest } = status.registration ?? {};
  return { ...status, registration: { ...rest, tokens: [...tokens, token].slice(-mostTokens) } };
}

/** The status without the token of a create that certainly did not happen. */
export function withoutTokenOf(status: BotStatus, attemptID: string | undefined): BotStatus {
  const { registration } = status;
  if (!registration) return status;
  const tokens = registration.tokens.filter((token) => token.attemptID !== attemptID);
  return tokens.length > 0 || registration.agent
    ? { ...status, registration: { ...registration, tokens } }
    : omit(status, 'registration');
}

/**
 * The status once the droplet of that create is on record: an agent from another create was a duplicate's.
 */
export function withAgentOf(status: BotStatus, attemptID: string | undefined): BotStatus {
  const { registration } = status;
  const known = registration?.agent?.attemptID;
  if (!registration || attemptID === undefined || known === undefined || known === attemptID) return status;
  return { ...omit(status, 'appliedConfig', 'bootstrap'), registration: omit(registration, 'agent') };
}

/**
 * Whether the create has certainly happened: an agent came with the token made for it. A droplet that does
 * not show for minutes after that is gone again.
 */
export function hasRegistered({ status, now }: Situation, attemptID: string): boolean {
  const agent = status.registration?.agent;
  return agent?.attemptID === attemptID && now - timeOf(agent.registeredAt) < showsWithinMs;
}

/**
 * The status once another droplet is to be created: nothing of the former agent speaks for the bot any more.
 * Not earlier: a droplet that was believed gone, or cannot be replaced after all, lives on with its agent.
 */
export function withoutFormerAgent(status: BotStatus): BotStatus {
  const rest = omit(status, 'registration', 'appliedConfig', 'bootstrap', 'lastHeartbeatTime');
  // A token that a person asked for is for any droplet of the bot.
  const tokens = openTokens(status.registration).filter(({ attemptID }) => attemptID === undefined);
  return tokens.length > 0 ? { ...rest, registration: { tokens } } : rest;
}

/** Takes up a declared token, and lets the tokens' lifetimes run or pause with the droplet. */
export function withTokenLives(situation: Situation): BotStatus {
  const { spec, now, bot } = situation;
  const declared = spec.registrationTokenSHA256;
  const { status } = situation;
  const isNew = declared !== undefined && declared !== status.handledRequests?.registrationToken;
  if (!isNew || bot.deletion) return withLives(situation, status);
  const handledRequests = { ...status.handledRequests, registrationToken: declared };
  const taken = withToken(status, { sha256: declared, issuedAt: isoOf(now) });
  return withLives(situation, { ...taken, handledRequests });
}

function withLives({ now }: Situation, status: BotStatus): BotStatus {
  const { registration, droplet } = status;
  const runs = droplet?.status === 'active';
  if (!registration?.tokens.some((token) => (token.runningSince !== undefined) !== runs)) return status;
  const tokens = registration.tokens.map((token) => (runs ? running(token, now) : still(token, now)));
  return { ...status, registration: { ...registration, tokens } };
}

function running(token: RegistrationToken, now: number): RegistrationToken {
  return token.runningSince === undefined ? { ...token, runningSince: isoOf(now) } : token;
}

function still(token: RegistrationToken, now: number): RegistrationToken {
  if (token.runningSince === undefined) return token;
  return { ...omit(token, 'runningSince'), ranSeconds: Math.floor(ranMs(token, now) / 1_000) };
}

function ranMs({ ranSeconds = 0, runningSince }: RegistrationToken, now: number): number {
  return ranSeconds * 1_000 + (runningSince === undefined ? 0 : Math.max(0, now - timeOf(runningSince)));
}

function lifeLeft({ agent, now }: Situation, token: RegistrationToken): number {
  return (agent?.registrationTokenLifeMs ?? 0) - ranMs(token, now);
}

/** When the last token expires (epoch ms); undefined if none does, or all have. */
export function expiryOf(situation: Situation): number | undefined {
  const running = openTokens(situation.status.registration).filter(
    (token) => token.runningSince !== undefined,
  );
  const left = Math.max(0, ...running.map((token) => lifeLeft(situation, token)));
  return left > 0 ? situation.now + left : undefined;
}

function openTokens(registration: Registration | undefined): readonly RegistrationToken[] {
  return registration?.tokens ?? [];
}

/** Why no agent has registered yet; a person is needed once no token can be redeemed. */
export function enrolmentWaiting(situation: Situation): Waiting | undefined {
  if (isRegistered(situation)) return undefined;
  const tokens = openTokens(situation.status.registration);
  const remedy = `run ${commandFor(situation.bot, 'token')} and its command on the droplet, or ${commandFor(situation.bot, 'redeploy')}`;
  if (tokens.length === 0) {
    return stalled('NotEnrolled', `The droplet has no registration token of this fleet: ${remedy}`);
  }
  if (tokens.some((token) => lifeLeft(situation, token) > 0))
    return progressing('NotRegistered', 'The droplet is being set up; its agent has not registered yet');
  const minutes = Math.round((situation.agent?.registrationTokenLifeMs ?? 0) / 60_000);
  return stalled(
    'RegistrationExpired',
    `No agent has registered within the ${minutes} minutes that its token is valid for: look into /var/log on the droplet, then ${remedy}`,
  );
}
