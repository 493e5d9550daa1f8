import type { FleetState } from './fleet-state.ts';

const idLength = 8;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A fleet id of its own kind: `^[a-z0-9]{8}$`. `random` gives numbers in [0, 1). */
export function newFleetID(random: () => number): string {
  return Array.from({ length: idLength }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join(
    '',
  );
}

/** The record of a fleet that begins now; `createdAt` is ISO 8601. */
export function newFleetState(fleetID: string, boundTo: string, createdAt: string): FleetState {
  return {
    fleetID,
    boundTo,
    createdAt,
    acceptedNew: false,
    holds: [],
    confirmed: { delete: [], recreate: [] },
    tombstones: [],
  };
}
