import type { DropletRecord } from '../world/records.ts';
import type { FaultRule } from './fault-rule.ts';

const defaultField = 'size_slug';

/** How an answer misrepresents droplets. */
export interface Distortion {
  /** Whether the droplet is hidden. */
  hides(droplet: DropletRecord): boolean;
  /** The droplet's JSON as shown. */
  shown(droplet: DropletRecord, json: string): string;
}

export const truth: Distortion = { hides: () => false, shown: (_droplet, json) => json };

/** The distortion of a `hide` or `garble` fault; other faults distort nothing. */
export function distortionOf(rule: FaultRule | undefined): Distortion {
  if (rule?.effect === 'hide') return { ...truth, hides: (droplet) => isMeant(rule, droplet) };
  if (rule?.effect !== 'garble') return truth;
  const { field = defaultField } = rule;
  return {
    ...truth,
    shown: (droplet, json) =>
      isMeant(rule, droplet) ? JSON.stringify({ ...JSON.parse(json), [field]: null }) : json,
  };
}

function isMeant({ droplets = {} }: FaultRule, { id, name }: DropletRecord): boolean {
  const { ids, names, every } = droplets;
  if (ids !== undefined && !ids.includes(id)) return false;
  if (names !== undefined && !names.includes(name)) return false;
  return every === undefined || id % every === 0;
}
