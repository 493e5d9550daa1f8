import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetScreen } from '../../src/cli/run/live/fleet-screen.ts';
import { LiveView, type Subject } from '../../src/cli/run/live/live-view.ts';
import { type LogEntry, logLine } from '../../src/cli/run/live/log-line.ts';
import { plain } from '../../src/cli/text/terminal.ts';
import type { CloudOverview, FleetOverview } from '../../src/model/fleet-overview.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { linesOf, now, readyBot, waitingBot } from './records.ts';

const cloud: CloudOverview = {
  apiURL: 'simulator://built-in',
  accountUUID: 'acc-1',
  trouble: undefined,
  incident: undefined,
  restricted: undefined,
  accountStatus: 'active',
  droplets: 1,
  orphans: [],
  dropletLimit: 25,
  budget: {
    hourlyLimit: 5_000,
    hourlyRemaining: 4_980,
    minuteLimit: 250,
    minuteRemaining: 240,
    blockedUntil: 0,
    queued: 0,
  },
  viewAgeMs: 100,
};

function overview(change: Partial<FleetOverview> = {}): FleetOverview {
  return {
    fleetID: 'k3v9x1qa',
    bots: 2,
    byPhase: { Pending: 1, Provisioning: 0, Online: 1, Paused: 0, Error: 0, Deleting: 0 },
    ready: 1,
    stalled: 0,
    stalledBots: [],
    notReadyBy: {},
    openAttempts: 0,
    listenedFor: 8,
    silentTogether: 5,
    creating: 0,
    costMonthlyUSD: 12,
    holds: [],
    oldState: undefined,
    clouds: [cloud],
    notReady: [],
    warnings: [],
    invalid: { Bot: 0, Account: 0 },
    ...change,
  };
}

const entry: LogEntry = {
  at: now,
  level: 'warn',
  fields: { bot: 'default/beta', reason: 'CreateRefused', tries: 3 },
  message: 'no such region',
};

function screen(bots: readonly BotRecord[], rows = 24, change: Partial<FleetOverview> = {}): string[] {
  const picture = { overview: overview(change), bots, entries: [entry], cloud: 'built-in simulator' };
  return linesOf(fleetScreen({ ...picture, now, rows, paint: plain }).join('\n'));
}

const beta = waitingBot('beta', 'QuotaExceeded', 'Account acme is full');

test('the picture shows the fleet in figures, the bots that are not ready first, and the last events', () => {
  const [, , , ...below] = screen([readyBot('alpha', 411), beta]);
  assert.equal(
    screen([])[0],
    'clawfleet  fleet k3v9x1qa · built-in simulator · 240/min, 4,980/h calls left · $12 a month',
  );
  assert.equal(screen([])[1], '████████████░░░░░░░░░░░░ 1/2 ready   Pending 1  Online 1');
  assert.match(below[0] ?? '', /^NAME +PHASE +READY +REASON +DROPLET +IP +AGE +MESSAGE$/);
  assert.match(below[1] ?? '', /^beta +Pending +False +QuotaExceeded .* Account acme is full$/);
  assert.match(below[2] ?? '', /^alpha +Online +True/);
  assert.match(below.at(-1) ?? '', /warn +default\/beta CreateRefused: no such region tries=3$/);
});

test('the picture never is higher than the terminal, and says how many bots it leaves out', () => {
  const bots = Array.from({ length: 500 }, (_, index) => readyBot(`bot-${index}`, index + 1));
  for (const rows of [5, 8, 12, 24, 60]) {
    const lines = screen([...bots, beta], rows);
    assert.ok(lines.length < rows, `${lines.length} lines on ${rows}`);
  }
  const lines = screen([...bots, beta], 24);
  assert.match(lines[4] ?? '', /^beta/);
  assert.ok(
    lines.some((line) => /^… and 4\d\d more$/.test(line)),
    lines.join('\n'),
  );
});

test('what keeps the controller from being ready, trouble and orphans stand at the top', () => {
  const orphans = [{ id: 7, name: 'x', priceMonthlyUSD: 12, seenSince: '' }];
  const trouble = 'the token is refused';
  const lines = screen([], 24, {
    notReady: ['deletion of 7 bots is held'],
    clouds: [{ ...cloud, trouble, orphans }],
  });
  assert.deepEqual(lines.slice(2, 5), [
    '! deletion of 7 bots is held',
    '! the token is refused',
    '! 1 orphan: `clawfleet orphans` lists them',
  ]);
});

test('the bar is full only when every bot is ready', () => {
  const nearly = screen([], 24, { bots: 1_000, ready: 999 })[1] ?? '';
  assert.match(nearly, /^█{23}░ 999\/1,000 ready/);
  assert.match(screen([], 24, { bots: 0, ready: 0 })[1] ?? '', /^█{24} 0\/0 ready/);
});

test('a log line for people names the bot and the error, and is one line', () => {
  const fields = { bot: 'default/a', err: new Error('broke\nhere'), nested: { token: 'x' } };
  const line = logLine({ at: now, level: 'error', fields, message: 'pass failed' }, plain);
  assert.match(line, /^\d\d:\d\d:\d\d error default\/a: pass failed broke here$/);
});

function terminal() {
  const writes: string[] = [];
  const listeners = new Map<string, () => void>();
  const stream = {
    isTTY: false,
    rows: 24,
    columns: 100,
    write: (text: string) => writes.push(text) > 0,
    on: (name: string, listener: () => void) => void listeners.set(name, listener),
    off: (name: string) => void listeners.delete(name),
  };
  return { writes, listeners, stream: stream as unknown as NodeJS.WriteStream };
}

function subject(): Subject & { change(): void } {
  const changes = new Set<() => void>();
  return {
    cloud: 'built-in simulator',
    overview: () => overview(),
    bots: () => [readyBot('alpha', 411)],
    onChange(listener) {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    change: () => {
      for (const listener of changes) listener();
    },
  };
}

test('a thousand changes at once are drawn at most ten times a second, over what was drawn before', async () => {
  const { writes, stream } = terminal();
  const view = new LiveView(stream, () => Date.now());
  const shown = subject();
  view.open(shown);
  const first = writes.length;
  const until = Date.now() + 350;
  while (Date.now() < until) {
    for (let round = 0; round < 100; round += 1) shown.change();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const drawn = writes.length - first;
  view.close();
  assert.ok(drawn >= 2 && drawn <= 5, `${drawn} pictures`);
  assert.ok(writes[first]?.includes('\x1b[5A\r'), JSON.stringify(writes[first]));
});

test('closing gives the cursor back and lets what follows stand below', () => {
  const { writes, listeners, stream } = terminal();
  const view = new LiveView(stream, () => now);
  view.open(subject());
  assert.ok(writes.join('').includes('\x1b[?25l'));
  view.close();
  assert.equal(writes.at(-1), '\x1b[?7h\x1b[?25h');
  assert.equal(listeners.size, 0);
  view.add(entry);
  assert.match(writes.at(-1) ?? '', /no such region/);
});
