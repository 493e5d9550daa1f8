import type { BotRecord } from '../../model/records.ts';
import type { Droplet, Listing } from '../../ports/cloud.ts';
import { PortError } from '../../ports/port-error.ts';

/** DigitalOcean's GPU sizes begin with this. Plain listings and searches leave their droplets out. */
const gpuSize = /^gpu-/;

/** Whether any of the bots has, may have or wants a droplet that only a listing of GPU droplets shows. */
export function usesGPUs(bots: Iterable<BotRecord>): boolean {
  for (const { spec, status } of bots) {
    const sizes = [spec?.droplet?.size, status.droplet?.size, status.createAttempt?.template.size];
    if (sizes.some((size) => size !== undefined && gpuSize.test(size))) return true;
  }
  return false;
}

/** The droplets of a listing that is to prove absence; throws `unavailable` if a row of it could not be read. */
export function provenDroplets({ droplets, unreadable }: Listing): readonly Droplet[] {
  const [row] = unreadable;
  if (row === undefined) return droplets;
  const which = [row.id, row.name].filter((part) => part !== undefined).join(' ') || 'without id or name';
  const message = `${unreadable.length} of the droplets listed cannot be read; the first, ${which}: ${row.why}`;
  throw new PortError({ kind: 'unavailable' }, message);
}
