import { randomBytes, randomUUID } from 'node:crypto';
import type { Chance } from '../../ports/chance.ts';

/** Chance from the operating system's cryptographic source. */
export const systemChance: Chance = {
  random: () => Math.random(),
  uuid: () => randomUUID(),
  bytes: (length) => randomBytes(length),
};
