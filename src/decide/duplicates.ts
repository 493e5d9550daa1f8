import type { BotStatus } from '../model/bot-status.ts';
import type { Droplet } from '../ports/cloud.ts';
import { clockSkewMs } from './attempt.ts';
import { destroyAndWait } from './destroy.ts';
import { recordDroplet } from './record-droplet.ts';
import { type Concern, normal, type Situation, timeOf, type Verdict, warning } from './situation.ts';

/**
 * Resolves droplets that are this bot's beside the recorded one, only while no operation is open and each
 * confirmed by GET: the recorded one stays, else the one whose agent registered, else the oldest; the rest are destroyed.
 */
export const duplicates: Concern = (situation) => {
  const { others, status } = situation;
  if (others.length === 0 || status.operation || status.createAttempt) return undefined;
  const unconfirmed = others.find((other) => !other.confirmed);
  if (unconfirmed) return { look: { kind: 'droplet', dropletID: unconfirmed.droplet.id } };
  return status.droplet ? destroySurplus(situation) : recordOne(situation);
};

function destroySurplus(situation: Situation): Verdict {
  const surplus = situation.others[0]?.droplet.id ?? 0;
  return {
    ...destroyAndWait(situation, surplus, `it is a duplicate of ${situation.status.droplet?.id}`),
    notes: [
      warning('DuplicateDroplet', `Droplet ${surplus} is a duplicate of ${situation.status.droplet?.id}`),
    ],
  };
}

/** Makes one droplet of this bot’s name its own: the one whose agent registered, else the oldest. */
export function recordOne(situation: Situation): Verdict | undefined {
  const { cloud, status, others } = situation;
  const { identity } = cloud;
  const byAge = others.map(({ droplet }) => droplet).sort(older);
  const registered = byAge.find((droplet) => isAgents(status, droplet));
  const found = registered ?? byAge[0];
  if (!identity || !found) return undefined;
  const attemptID = registered && status.registration?.agent?.attemptID;
  const origin = { cloud: identity, origin: 'Created', seen: true } as const;
  return {
    status: recordDroplet(status, found, { ...origin, ...(attemptID !== undefined && { attemptID }) }),
    again: true,
    notes: [normal('DropletFound', `Droplet ${found.id} carries this bot’s name; recorded as its own`)],
  };
}

/** Whether the create that the agent came of made the droplet: there is a settling window between two of them. */
function isAgents({ registration }: BotStatus, { createdAt }: Droplet): boolean {
  const { attemptID, tokenIssuedAt } = registration?.agent ?? {};
  if (attemptID === undefined || tokenIssuedAt === undefined) return false;
  return Math.abs(timeOf(createdAt) - timeOf(tokenIssuedAt)) <= clockSkewMs;
}

function older(a: Droplet, b: Droplet): number {
  return timeOf(a.createdAt) - timeOf(b.createdAt) || a.id - b.id;
}
