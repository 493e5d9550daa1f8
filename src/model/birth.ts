import { createHash } from 'node:crypto';
import type { BotStatus, DropletRecord } from './spec/bot-status.ts';

/**
 * Each create of a bot has a number that only rises: its birth. The droplet carries it as a tag, so that the
 * cloud shows how many creates there were, and an outdated record is recognised.
 */

const birthPattern = /^birth-([1-9][0-9]{0,8})$/;

/** Bots share these tags, so there are few of them. */
export function birthTag(birth: number): string {
  return `birth-${birth}`;
}

/**
 * The highest birth among the tags; undefined if there is none, as on droplets from before births were
 * counted.
 */
export function birthOfTags(tags: readonly string[]): number | undefined {
  let highest: number | undefined;
  for (const tag of tags) {
    const birth = Number(birthPattern.exec(tag)?.[1] ?? 0);
    if (birth > (highest ?? 0)) highest = birth;
  }
  return highest;
}

/** The tag of the redeploy request that a droplet was made for: 32 bits of its SHA-256. */
export function requestTag(redeployRequest: string): string {
  return `request-${createHash('sha256').update(redeployRequest).digest('hex').slice(0, 8)}`;
}

/**
 * How many creates the record knows of. A record from before births were counted knows of one if it has or
 * had a droplet.
 */
export function birthsOf({ births, droplet, createAttempt, knownDropletIDs }: BotStatus): number {
  if (births !== undefined) return births;
  const isCreated = droplet !== undefined && droplet.origin === 'Created';
  return isCreated || createAttempt || knownDropletIDs ? 1 : 0;
}

/**
 * The birth of the recorded droplet: 1 for one from before births were counted, undefined for an adopted one.
 */
export function birthOfRecord({ birth, origin }: DropletRecord): number | undefined {
  return birth ?? (origin === 'Created' ? 1 : undefined);
}
