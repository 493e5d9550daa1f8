import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { FleetState } from '../../model/fleet-state.ts';
import type { Chance } from '../../ports/chance.ts';

const FLEET_ID_LENGTH = 8;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A fleet id of its own kind: `^[a-z0-9]{8}$`. */
export function newFleetID(chance: Chance): string {
  return Array.from({ length: FLEET_ID_LENGTH }, () =>
    ALPHABET.charAt(Math.floor(chance.random() * ALPHABET.length)),
  ).join('');
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

/**
 * Which source this is: the directory and the state file. Links above them are resolved, they themselves are
 * not: git-sync points the directory's own link to another place at each commit.
 */
export function sourceIdentity(directory: string, stateFile: string): string {
  return `directory:${placeOf(directory)};state:${placeOf(stateFile)}`;
}

function placeOf(path: string): string {
  const whole = resolve(path);
  try {
    return join(realpathSync(dirname(whole)), basename(whole));
  } catch {
    // Not there: the source's health tells it, and nothing is compared with this but the same path again.
    return whole;
  }
}
