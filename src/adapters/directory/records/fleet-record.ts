import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export interface SourcePlaces {
  readonly directory: string;
  readonly stateFile: string;
  /** Id of the machine, the same at every start and on no other one; undefined where nothing is. */
  readonly machine?: string | undefined;
}

/**
 * Which source this is: the directory, the state file and the machine. Links above the two are resolved, they themselves
 * are not: git-sync points the directory's own link to another place at each commit.
 */
export function sourceIdentity({ directory, stateFile, machine }: SourcePlaces): string {
  const places = `directory:${placeOf(directory)};state:${placeOf(stateFile)}`;
  return machine === undefined ? places : `${places};machine:${machine}`;
}

/**
 * An identity as a fleet of this source may be bound to it. Releases that knew of no machines bound it to the places
 * alone, and a container, whose machine is not known, proves nothing about the one that the fleet is bound to.
 */
export function asBound(identity: string, boundTo: string | undefined): string {
  if (boundTo === undefined || placesOf(identity) !== placesOf(boundTo)) return identity;
  return namesMachine(identity) && namesMachine(boundTo) ? identity : boundTo;
}

const machinePart = /;machine:[0-9a-f]+$/;

function placesOf(identity: string): string {
  return identity.replace(machinePart, '');
}

export function namesMachine(identity: string): boolean {
  return machinePart.test(identity);
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
