import type { CloudIdentity } from '../ports/cloud.ts';
import { type Concern, stalled } from './situation.ts';

/** Concludes nothing about a cloud that is out of reach, refuses the token, or is not the one on record. */
export const blocked: Concern = (situation) => {
  const { blocked: reason, identity, userUUID } = situation.cloud;
  const { droplet, createAttempt } = situation.status;
  if (reason) return { waiting: reason };
  const recorded = droplet?.cloud ?? createAttempt?.cloud;
  if (!recorded || !identity || !isElsewhere(recorded, identity)) return undefined;
  // The fleet itself was found here before this bot is judged; a create in doubt has no droplet yet that
  // could prove more.
  if (!droplet && recorded.apiURL === identity.apiURL && recorded.accountUUID === userUUID) return undefined;
  return {
    waiting: stalled(
      'CloudAccountChanged',
      `The droplet belongs to account ${recorded.accountUUID} at ${recorded.apiURL}, the token to ${identity.accountUUID} at ` +
        `${identity.apiURL}; nothing is done until a token of the former is back`,
    ),
  };
};

/** Whether a record of `recorded` says nothing about the cloud that the token leads to now. */
export function isElsewhere(recorded: CloudIdentity, identity: CloudIdentity | undefined): boolean {
  if (!identity) return false;
  return recorded.apiURL !== identity.apiURL || recorded.accountUUID !== identity.accountUUID;
}
