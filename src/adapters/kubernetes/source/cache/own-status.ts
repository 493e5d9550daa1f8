import { noStatus } from '../../../../model/sharing/declare-record.ts';
import type { BotStatus } from '../../../../model/spec/bot-status.ts';
import type { BotObject } from '../objects.ts';
import { isHeld } from './finalizer.ts';

/** The Bot's own status. One that names another owner was restored with a backup and speaks of another bot. */
export function ownStatus({ metadata, status }: BotObject): BotStatus {
  const foreign = status?.ownerUID !== undefined && status.ownerUID !== metadata.uid;
  return foreign ? noStatus : (status ?? noStatus);
}

export function hasOwnStatus(object: BotObject): boolean {
  return Object.keys(ownStatus(object)).length > 0;
}

/**
 * Whether something may have been attempted for the Bot. The cloud is not changed before the finalizer is stored:
 * without one, or with one that this process added and no status, nothing was.
 */
export function isTouched(object: BotObject, heldByUs: boolean): boolean {
  return hasOwnStatus(object) || (isHeld(object.metadata) && !heldByUs);
}
