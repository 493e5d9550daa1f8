import { createHash } from 'node:crypto';
import type { BotStatus, DropletRecord } from './spec/bot-status.ts';

/**
 * Each create of a bot has a number that only rises: its birth. The droplet bears it as a tag, so that the cloud tells how far
 * a bot has come and a record that is behind can see it.
 */

const birthPattern = /^birth-([1-9][0-9]{0,8})$/;

/** One of few tags: all bots share them. */
export function birthTag(birth: number): string {
  return `birth-${birth}`;
}

/** The highest birth among the tags; undefined where there is none, as on droplets made before births were counted. */
export function birthOfTags(tags: readonly string[]): number | undefined {
  let highest: number | undefined;
  for (const tag of tags) {
    const birth = Number(birthPattern.exec(tag)?.[1] ?? 0);
    if (birth > (highest ?? 0)) highest = birth;
  }
  return highest;
}

/** Says which redeploy request the droplet was made for, in 32 bits of its SHA-256. */
export function requestTag(redeployRequest: string): string {
  return `request-${createHash('sha256').update(redeployRequest).digest('hex').slice(0, 8)}`;
}

/** How many creates the record knows of. One from before births were counted that has or had a droplet knows of one. */
export function birthsOf({ births, droplet, createAttempt, knownDropletIDs }: BotStatus): number {
  if (births !== undefined) return births;
  const isCreated = droplet !== undefined && droplet.origin === 'Created';
  return isCreated || createAttempt || knownDropletIDs ? 1 : 0;
}

/** The birth of the recorded droplet: 1 for one from before births were counted, undefined for an adopted one. */
export function birthOfRecord({ birth, origin }: DropletRecord): number | undefined {
  return birth ?? (origin === 'Created' ? 1 : undefined);
}
