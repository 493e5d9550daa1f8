import type { ResourceKey } from '../../src/model/resource-key.ts';
import type { BotStatus } from '../../src/model/spec/bot-status.ts';
import type { Source, SourceListener } from '../../src/ports/source.ts';
import { patience } from '../lab/patience.ts';

/** A manifest as plain data. */
export interface DeclaredObject {
  readonly apiVersion: string;
  readonly kind: 'Bot' | 'Account' | 'Secret';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** One place where bots are declared, empty at first, and the means to open sources on it and to change it. */
export interface SourceBed {
  /** A source on the place, not started. The one before has been stopped. */
  open(): Source;
  /** Declares or changes; resolves when that is done, which is before the source knows. */
  declare(object: DeclaredObject): Promise<void>;
  /** Takes a declaration away. */
  remove(object: DeclaredObject): Promise<void>;
  /** Whether a deletion is a mere absence of the declaration here. */
  readonly implicitDeletion: boolean;
  /** Whether a bad spec raises the generation here; elsewhere it stays that of the last good one. */
  readonly badSpecsCount: boolean;
  /** No Secret can be declared here: every reference to one is told to be absent, and what to use instead. */
  readonly withoutSecrets?: true;
  close(): Promise<void>;
}

/** What a listener was told, in order. */
export class Told implements SourceListener {
  readonly bots: { key: ResourceKey; live: boolean }[] = [];
  readonly accounts: ResourceKey[] = [];
  /** How much was told before the fleet's record could be read. */
  beforeFleet: number | undefined;
  /** How often it has changed since. */
  fleet = 0;

  botChanged(key: ResourceKey, live: boolean): void {
    this.bots.push({ key, live });
  }

  accountChanged(key: ResourceKey): void {
    this.accounts.push(key);
  }

  fleetChanged(): void {
    if (this.beforeFleet !== undefined) this.fleet += 1;
    this.beforeFleet ??= this.bots.length + this.accounts.length;
  }
}

export function botObject(name: string, spec: object = {}): DeclaredObject {
  return {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    metadata: { name },
    spec: { accountRef: { name: 'team' }, ...spec },
  };
}

export function accountObject(name: string, spec: object = {}): DeclaredObject {
  return { apiVersion: 'clawfleet.dev/v1alpha1', kind: 'Account', metadata: { name }, spec };
}

export function secretObject(name: string, stringData: Record<string, string>): DeclaredObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

export function statusOf(phase: NonNullable<BotStatus['phase']>): BotStatus {
  return { phase, observedGeneration: 1 };
}

const at = '2026-03-01T12:00:00.000Z';
const config = { id: `2-${'c'.repeat(32)}`, version: 2, since: at };

/** All that a status may hold of a bot's agent. */
export const agentStatus: BotStatus = {
  registration: {
    tokens: [
      { sha256: 'a'.repeat(64), attemptID: 'a1', issuedAt: at, runningSince: at },
      { sha256: 'b'.repeat(64), issuedAt: at, ranSeconds: 7 },
    ],
    agent: { sha256: 'c'.repeat(64), registrationSHA256: 'd'.repeat(64), registeredAt: at },
  },
  desiredConfig: config,
  issuedConfigs: [`1-${'a'.repeat(32)}`, config.id],
  appliedConfig: config,
  lastHeartbeatTime: at,
  remediations: { count: 1, lastAt: at },
  handledRequests: { registrationToken: 'b'.repeat(64) },
};

/** As it is before the POST that creates the droplet. */
export const firstStatus: BotStatus = {
  ...statusOf('Provisioning'),
  placeHeld: true,
  handledRequests: { reboot: 'by “hand”' },
  createAttempt: {
    id: 'a1',
    storedAt: at,
    cloud: { apiURL: 'https://api.example.com', accountUUID: 'c1' },
    template: {
      ...{ region: 'nyc3', size: 's-1vcpu-2gb', image: 'ubuntu-22-04-x64', sshKeys: [], tags: ['clawfleet'] },
      ...{ monitoring: true, ipv6: false, bootstrapHash: 'e'.repeat(64), declared: ['region'] },
    },
    knownDropletIDs: [],
  },
  registration: { tokens: [{ sha256: 'a'.repeat(64), attemptID: 'a1', issuedAt: at }] },
};

/** Waits until `check` gives something other than false or undefined; fails after 5 s. */
export async function eventually<T>(check: () => T | undefined | false, what: string): Promise<T> {
  const deadline = performance.now() + 5000 * patience;
  for (;;) {
    const result = check();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > deadline) throw new Error(`still not so after ${5 * patience} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
