import { destroyAndWait } from './destroy.ts';
import { recordDroplet } from './record-droplet.ts';
import { type Concern, normal, type Situation, timeOf, type Verdict, warning } from './situation.ts';

/**
 * Resolves droplets that are this bot's beside the recorded one, only while no operation is open and each
 * confirmed by GET: the recorded one stays, else the oldest; the rest are destroyed.
 */
export const duplicates: Concern = (situation) => {
  const { others, status } = situation;
  if (others.length === 0 || status.operation || status.createAttempt) return undefined;
  const unconfirmed = others.find((other) => !other.confirmed);
  if (unconfirmed) return { look: { kind: 'droplet', dropletID: unconfirmed.droplet.id } };
  return status.droplet ? destroySurplus(situation) : recordOldest(situation);
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

/** Makes the oldest droplet of this bot’s name its own. */
export function recordOldest(situation: Situation): Verdict | undefined {
  const { identity } = situation.cloud;
  const oldest = [...situation.others].sort(
    (a, b) => timeOf(a.droplet.createdAt) - timeOf(b.droplet.createdAt) || a.droplet.id - b.droplet.id,
  )[0]?.droplet;
  if (!identity || !oldest) return undefined;
  return {
    status: recordDroplet(situation.status, oldest, { cloud: identity, origin: 'Created', seen: true }),
    again: true,
    notes: [normal('DropletFound', `Droplet ${oldest.id} carries this bot’s name; recorded as its own`)],
  };
}
