import { hkdfSync } from 'node:crypto';

/**
 * By this key the replicas of a controller know each other. It follows from the fleet's record: who can read that one
 * could speak as a replica, whose calls need a bot's own token all the same.
 */
export function replicaKey(seed: Uint8Array, fleetID: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', seed, fleetID, 'clawfleet replicas', 32));
}
