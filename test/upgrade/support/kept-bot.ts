import assert from 'node:assert/strict';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { conditionOf } from '../../../src/model/spec/condition.ts';

/** A bot as a source stores it. */
export interface KeptBot {
  readonly name: string;
  readonly uid: string;
  readonly status: BotStatus;
  /** How often its record was written. */
  readonly writes: number;
}

/**
 * Asserts that an upgrade left a bot alone for which nothing was under way. Its record may say more than before; the
 * name of its cloud is the cloud's own matter.
 */
export function assertUnchanged(now: KeptBot, then: KeptBot): void {
  assert.deepEqual(essence(now), essence(then), now.name);
  assert.partialDeepStrictEqual(dropletOf(now), dropletOf(then), now.name);
}

function essence({ uid, status }: KeptBot): object {
  const { phase, knownDropletIDs, handledRequests, operation, createAttempt, refusal } = status;
  const { registration, desiredConfig, appliedConfig, ownerUID, placeHeld } = status;
  const ready = conditionOf(status, 'Ready');
  return {
    ...{ uid, phase, knownDropletIDs, handledRequests, operation, createAttempt, ownerUID, placeHeld },
    ...{ registration, desiredConfig, appliedConfig },
    refused: refusal?.what,
    ready: [ready?.status, ready?.reason],
  };
}

function dropletOf({ status: { droplet } }: KeptBot): object {
  const { cloud: _, ...rest } = droplet ?? {};
  return rest;
}

export function isReady({ status }: KeptBot): boolean {
  return conditionOf(status, 'Ready')?.status === 'True';
}

export function byName(bots: readonly KeptBot[]): ReadonlyMap<string, KeptBot> {
  return new Map(bots.map((bot) => [bot.name, bot]));
}
