import { adoptTag, fleetOfTags } from '../model/identity.ts';
import type { Droplet } from '../ports/cloud.ts';
import { recordDroplet } from './record-droplet.ts';
import { type Concern, normal, type Situation, stalled, type Verdict } from './situation.ts';

/**
 * Takes over a droplet by its id. Refused unless the droplet carries this fleet's adopt tag, no other bot holds
 * it, and this bot has neither droplet nor attempt. A droplet adopted before and gone since is not asked for again.
 */
export const adoption: Concern = (situation) => {
  const { spec, status } = situation;
  const id = spec.adopt?.dropletID;
  if (id === undefined || status.droplet || status.createAttempt || status.knownDropletIDs?.includes(id))
    return undefined;
  const { adoptee } = situation;
  if (adoptee === undefined) return { look: { kind: 'adoptee', dropletID: id } };
  if (adoptee === 'absent') return refuse(`there is no droplet ${id}`);
  return objection(situation, adoptee) ?? adopt(situation, adoptee);
};

function refuse(why: string): Verdict {
  return { waiting: stalled('AdoptionRefused', `Not adopted: ${why}`) };
}

function objection(situation: Situation, droplet: Droplet): Verdict | undefined {
  if (situation.adopteeHeldBy) return refuse(`bot ${situation.adopteeHeldBy} has droplet ${droplet.id}`);
  const fleet = fleetOfTags(droplet.tags);
  if (fleet !== undefined && fleet !== situation.fleetID)
    return refuse(`droplet ${droplet.id} belongs to fleet ${fleet}`);
  const permission = adoptTag(situation.fleetID);
  if (droplet.tags.includes(permission) || fleet === situation.fleetID) return undefined;
  return refuse(
    `droplet ${droplet.id} lacks the tag ${permission}; run \`clawfleet adopt ${droplet.id}\` to set it`,
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

/** How an adopted droplet differs from what is declared; it stays so until a redeploy is asked for. */
export function adoptionDifferences({ status, wanted, recorded }: Situation): string[] {
  if (status.droplet?.origin !== 'Adopted' || recorded.kind !== 'seen') return [];
  const { droplet } = recorded;
  return (['region', 'size', 'image', 'backups', 'ipv6', 'monitoring'] as const)
    .filter((field) => droplet[field] !== wanted[field])
    .map((field) => `${field} is ${droplet[field]}, declared ${wanted[field]}`);
}
