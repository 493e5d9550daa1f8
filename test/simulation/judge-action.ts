import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';
import type { Droplet, Truth } from './truth.ts';

const interruptions = new Set(['shutdown', 'power_off']);

/** What is wrong with an action that is about to reach the cloud: only what was declared stops a droplet. */
export function judgeAction(
  truth: Truth,
  by: DirectorySource,
  { id, size }: Droplet,
  type: string,
): string[] {
  if (!interruptions.has(type)) return [];
  const owner = truth.ownerOf(by, id);
  if (owner?.status.droplet?.id !== id) return [`${type} of ${id}, which is the droplet of no bot`];
  const wanted = truth.fleet.lately(owner.name);
  const isWanted = wanted.some((spec) => spec.powerState === 'Stopped' || spec.size !== size);
  return isWanted ? [] : [`${type} of ${id}, which nobody asked for`];
}
