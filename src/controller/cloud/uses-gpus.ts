import type { BotRecord } from '../../model/records.ts';

/** DigitalOcean's GPU sizes begin like this. Plain listings and searches leave out their droplets. */
const gpuSize = /^gpu-/;

/** Whether any of the bots has, may have or wants a droplet that only a listing of GPU droplets shows. */
export function usesGPUs(bots: Iterable<BotRecord>): boolean {
  for (const { spec, status } of bots) {
    const sizes = [spec?.droplet?.size, status.droplet?.size, status.createAttempt?.template.size];
    if (sizes.some((size) => size !== undefined && gpuSize.test(size))) return true;
  }
  return false;
}
