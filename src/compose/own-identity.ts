import { hostname } from 'node:os';
import { systemChance } from '../adapters/system/system-chance.ts';

/**
 * By which this process holds a lease. A pod's name is its host's; what follows tells two processes of one name apart,
 * and where others find this one.
 */
export function ownIdentity(peerAddress: string | undefined): string {
  const at = peerAddress === undefined ? '' : `@${peerAddress}`;
  return `${hostname()}_${systemChance.uuid()}${at}`;
}
