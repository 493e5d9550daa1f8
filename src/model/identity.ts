import { createHash } from 'node:crypto';
import type { ResourceKey } from './resource-key.ts';

/** On every droplet of every fleet. */
export const commonTag = 'openclaw';
/** Takes the fleet tag's place on a droplet that was released to run on. */
export const releasedTag = 'clawfleet-released';

const fleetTagPattern = /^clawfleet-(?!adopt-|released$)([a-z0-9][a-z0-9-]*)$/;

/** The whole uid stands in the name, so that the name alone identifies the bot. */
export function dropletName(uid: string): string {
  return `openclaw-bot-${uid}`;
}

export function uidOfDropletName(name: string): string | undefined {
  return name.startsWith('openclaw-bot-') ? name.slice('openclaw-bot-'.length) : undefined;
}

export function botTag(uid: string): string {
  return `bot-${uid}`;
}

export function fleetTag(fleetID: string): string {
  return `clawfleet-${fleetID}`;
}

/** Set by `clawfleet adopt`: the permission to take a droplet over. */
export function adoptTag(fleetID: string): string {
  return `clawfleet-adopt-${fleetID}`;
}

/** The fleet whose tag is among `tags`, if any. */
export function fleetOfTags(tags: readonly string[]): string | undefined {
  for (const tag of tags) {
    const match = fleetTagPattern.exec(tag);
    if (match) return match[1];
  }
  return undefined;
}

/**
 * A fleet other than `own` whose tag is among `tags`, if any: it forbids every touch, whatever else is there.
 */
export function foreignFleetOfTags(tags: readonly string[], own: string): string | undefined {
  for (const tag of tags) {
    const fleet = fleetOfTags([tag]);
    if (fleet !== undefined && fleet !== own) return fleet;
  }
  return undefined;
}

/** The tag among `tags` that says for which namespace and name the droplet was made. */
export function keyTagOf(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith('key-') && tag.length === 44);
}

/** Says which namespace and name a droplet belongs to, in 160 bits that fit any tag. */
export function keyTag(key: ResourceKey): string {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;
}
