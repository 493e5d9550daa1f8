import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetState } from '../../../src/model/fleet-state.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { conditionOf } from '../../../src/model/spec/condition.ts';
import type { OldCloud } from './old-cloud.ts';

export const apiVersion = 'clawfleet.dev/v1alpha1';
/** Of every fixture's fleet. */
export const fleetID = 'upgrade1';

export interface OldBot {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status?: BotStatus;
}

/** A fleet that an earlier release looks after, wherever it is declared. */
export interface OldFleet {
  readonly cloud: OldCloud;
  apply(kind: 'Bot' | 'Account', name: string, spec: object): Promise<void>;
  remove(bot: string): Promise<void>;
  bots(): Promise<readonly OldBot[]>;
  state(): Promise<FleetState>;
}

export const patienceMs = 60_000;

/** Until `is` holds of the bot. */
export async function botThat(
  fleet: OldFleet,
  name: string,
  what: string,
  is: (status: BotStatus, uid: string) => boolean,
): Promise<OldBot> {
  let last: OldBot | undefined;
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(20)) {
    last = (await fleet.bots()).find(({ metadata }) => metadata.name === name);
    if (last && is(last.status ?? {}, last.metadata.uid)) return last;
  }
  throw new Error(`${name} is not ${what}: ${JSON.stringify(last?.status)}`);
}

export function isReady(status: BotStatus): boolean {
  return conditionOf(status, 'Ready')?.status === 'True';
}

export function isStalled(status: BotStatus): boolean {
  return conditionOf(status, 'Stalled')?.status === 'True';
}

export async function declare(
  fleet: OldFleet,
  name: string,
  spec: Partial<BotSpec> & Record<string, unknown> = {},
): Promise<void> {
  await fleet.apply('Bot', name, { accountRef: { name: 'main' }, ...spec });
}
