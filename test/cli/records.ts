import type { FleetState } from '../../src/model/fleet-state.ts';
import type { AccountRecord, BotRecord } from '../../src/model/records.ts';
import type { BotStatus } from '../../src/model/spec/bot-status.ts';
import type { Condition, ConditionStatus, ConditionType } from '../../src/model/spec/condition.ts';
import type { SourceReader } from '../../src/ports/source-reader.ts';

export const now = Date.parse('2026-03-01T12:00:00.000Z');

/** ISO 8601, so many seconds before `now`. */
export function ago(seconds: number): string {
  return new Date(now - seconds * 1_000).toISOString();
}

export const cloud = { apiURL: 'https://api.digitalocean.com', accountUUID: 'acc-1' };

export function condition(
  type: ConditionType,
  status: ConditionStatus,
  reason: string,
  message = '',
): Condition {
  return { type, status, reason, message, lastTransitionTime: ago(60), observedGeneration: 1 };
}

export function dropletOf(id: number): NonNullable<BotStatus['droplet']> {
  return {
    id,
    name: `openclaw-bot-uid-${id}`,
    status: 'active',
    publicIPv4: '203.0.113.7',
    region: 'nyc3',
    size: 's-1vcpu-2gb',
    image: 'ubuntu-22-04-x64',
    createdAt: ago(300),
    priceMonthlyUSD: 12,
    managedTags: [],
    origin: 'Created',
    seen: true,
    cloud,
  };
}

export function bot(name: string, change: Partial<BotRecord> = {}): BotRecord {
  const namespace = change.namespace ?? 'default';
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid: `uid-${name}`,
    generation: 1,
    version: '1',
    createdAt: ago(330),
    problems: [],
    origin: `${name}.yaml:1:1`,
    spec: { accountRef: { name: 'acme' } },
    status: {},
    hasFinalizer: true,
    pristine: false,
    ...change,
  };
}

/** A bot that runs as declared. */
export function readyBot(name: string, id: number, change: Partial<BotRecord> = {}): BotRecord {
  const conditions = [condition('Ready', 'True', 'Running', `Droplet ${id} runs as declared`)];
  const status: BotStatus = { phase: 'Online', observedGeneration: 1, conditions, droplet: dropletOf(id) };
  return bot(name, { status, ...change });
}

/** A bot that waits, for `reason`. */
export function waitingBot(name: string, reason: string, message: string, stalled = false): BotRecord {
  const conditions = [
    condition('Ready', 'False', reason, message),
    condition('Reconciling', stalled ? 'False' : 'True', reason, message),
    condition('Stalled', stalled ? 'True' : 'False', reason, message),
  ];
  return bot(name, { status: { phase: stalled ? 'Error' : 'Pending', observedGeneration: 1, conditions } });
}

export function account(name: string, change: Partial<AccountRecord> = {}): AccountRecord {
  return {
    key: `default/${name}`,
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    generation: 1,
    version: '1',
    createdAt: ago(600),
    problems: [],
    origin: `${name}.yaml:1:1`,
    spec: { tier: 'pro' },
    status: { used: 2, waiting: 1, limit: 4, costMonthlyUSD: 24 },
    ...change,
  };
}

export function fleetState(change: Partial<FleetState> = {}): FleetState {
  return {
    fleetID: 'k3v9x1qa',
    boundTo: 'directory:/srv/bots;state:/srv/state.db',
    createdAt: ago(86_400),
    acceptedNew: false,
    holds: [],
    confirmed: { delete: [], recreate: [] },
    tombstones: [],
    ...change,
  };
}

/** A reader whose content a test can change; `change` tells whoever watches. */
export function fakeReader(content: {
  bots?: readonly BotRecord[];
  accounts?: readonly AccountRecord[];
  fleet?: FleetState;
}): SourceReader & { change(bots: readonly BotRecord[]): void; watchers: number } {
  let bots = content.bots ?? [];
  const listeners = new Set<() => void>();
  return {
    bots: () => bots,
    accounts: () => content.accounts ?? [],
    events: async () => [],
    fleet: () => content.fleet,
    boundNow: () => content.fleet?.boundTo ?? '',
    secret: async () => undefined,
    health: () => ({ whole: true, problems: [] }),
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => listeners.clear(),
    change(next) {
      bots = next;
      for (const listener of listeners) listener();
    },
    get watchers() {
      return listeners.size;
    },
  };
}

/** `text` as lines without trailing blanks: what a table is compared with. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}
