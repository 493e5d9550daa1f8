import { isHeld } from './finalizer.ts';
import type { BotObject } from './objects.ts';

/**
 * Whether something may have been attempted for the Bot. No cloud call leaves before the finalizer is stored: without
 * one, or with one that this process added and no status, nothing was. A status that names another owner was restored
 * with a backup and speaks of another bot.
 */
export function isTouched({ metadata, status = {} }: BotObject, heldByUs: boolean): boolean {
  const foreign = status.ownerUID !== undefined && status.ownerUID !== metadata.uid;
  const spoken = Object.keys(status).length > 0 && !foreign;
  return spoken || (isHeld(metadata) && !heldByUs);
}
