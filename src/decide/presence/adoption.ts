import { adoptTag, foreignFleetOfTags } from '../../model/identity.ts';
import { dropletFields, observedFields } from '../../model/spec/droplet-fields.ts';
import type { Droplet } from '../../ports/cloud.ts';
import { type Concern, normal, type Situation, stalled, type Verdict } from '../situation.ts';
import { recordDroplet } from './record-droplet.ts';

const refusedLookMs = 60_000;

/**
 * Takes over a droplet by its id. Refused unless the droplet carries this fleet's adopt tag, no other bot
 * holds it, and this bot has neither a droplet nor an open attempt. A droplet that was adopted before and is
 * gone is not asked for again.
 */
export const adoption: Concern = (situation) => {
  const { spec, status } = situation;
  const id = spec.adopt?.dropletID;
  if (id === undefined || status.droplet || status.createAttempt || status.knownDropletIDs?.includes(id))
    return undefined;
  const { adoptee } = situation;
  if (adoptee === undefined) return { look: { kind: 'adoptee', dropletID: id } };
  if (adoptee === 'absent') return refuse(situation, `there is no droplet ${id}`);
  return objection(situation, adoptee) ?? adopt(situation, adoptee);
};

/** Reads again after a minute: no listing shows changes to a droplet that is not the fleet's. */
function refuse({ now }: Situation, why: string): Verdict {
  return { waiting: stalled('AdoptionRefused', `Not adopted: ${why}`), requeueAt: now + refusedLookMs };
}

/**
 * Reports an adoption that is not possible, once nothing else is left to do: the bot has a droplet of its
 * own. A droplet that was taken over because the state was too old may have replaced the adopted one; if that
 * one is gone, the adoption was carried out.
 */
export const refusedAdoption: Concern = (situation) => {
  const { spec, status } = situation;
  const id = spec.adopt?.dropletID;
  const own = status.droplet?.id;
  if (id === undefined || own === undefined || own === id || status.knownDropletIDs?.includes(id))
    return undefined;
  if (status.droplet?.template === undefined) {
    const { adoptee } = situation;
    if (adoptee === undefined) return { look: { kind: 'adoptee', dropletID: id } };
    if (adoptee === 'absent') return undefined;
  }
  const why = `this bot has droplet ${own}; declare another bot for droplet ${id}`;
  return { waiting: stalled('AdoptionRefused', `Not adopted: ${why}`) };
};

function objection(situation: Situation, droplet: Droplet): Verdict | undefined {
  if (situation.adopteeHeldBy)
    return refuse(situation, `bot ${situation.adopteeHeldBy} has droplet ${droplet.id}`);
  const fleet = foreignFleetOfTags(droplet.tags, situation.fleetID);
  if (fleet !== undefined) return refuse(situation, `droplet ${droplet.id} belongs to fleet ${fleet}`);
  const permission = adoptTag(situation.fleetID);
  if (droplet.tags.includes(permission)) return undefined;
  return refuse(
    situation,
    `droplet ${droplet.id} lacks the tag ${permission}, which permits it: set that tag on it, or let \`clawfleet adopt\` do so`,
  );
}

function adopt(situation: Situation, droplet: Droplet): Verdict | undefined {
  const cloud = situation.cloud.identity;
  if (!cloud) return undefined;
  return {
    status: recordDroplet(situation.status, droplet, { cloud, origin: 'Adopted', seen: true }),
    again: true,
    notes: [
      normal(
        'DropletAdopted',
        `Droplet ${droplet.id} (${droplet.name}) is this bot’s now; only its tags are changed`,
      ),
    ],
  };
}

/** How an adopted droplet differs from its declaration; it stays so until a redeploy is requested. */
export function adoptionDifferences({ status, wanted, recorded }: Situation): string[] {
  if (status.droplet?.origin !== 'Adopted' || recorded.kind !== 'seen') return [];
  const { droplet } = recorded;
  return observedFields
    .filter((field) => dropletFields[field].change.by !== 'tagging' && wanted[field] !== undefined)
    .filter((field) => droplet[field] !== wanted[field])
    .map((field) => `${field} is ${droplet[field]}, declared ${wanted[field]}`);
}
