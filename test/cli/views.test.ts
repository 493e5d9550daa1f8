import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { plain } from '../../src/cli/text/terminal.ts';
import { describeAccount } from '../../src/cli/view/describe-account.ts';
import { describeBot } from '../../src/cli/view/describe-bot.ts';
import { showFleet } from '../../src/cli/view/fleet-view.ts';
import { type GetView, showChange, showRecords } from '../../src/cli/view/get-view.ts';
import { verdictLines } from '../../src/cli/view/verdict-lines.ts';
import type { BotRecord } from '../../src/model/records.ts';
import { PortError } from '../../src/ports/port-error.ts';
import type { StoredEvent } from '../../src/ports/source.ts';
import { patience } from '../lab/patience.ts';
import { cpuStopwatch } from '../lab/stopwatch.ts';
import { account, ago, bot, condition, fleetState, linesOf, now, readyBot, waitingBot } from './records.ts';

function view(change: Partial<GetView> = {}): GetView {
  const base = { kind: 'bot', output: undefined, withNamespace: false, single: false } as const;
  return { ...base, paint: plain, now: () => now, ...change };
}

const bots = [
  readyBot('alpha', 411),
  waitingBot('beta', 'QuotaExceeded', 'Account acme has 4 of 4 places taken'),
  bot('gamma'),
  readyBot('delta', 412, { generation: 2 }),
  readyBot('omega', 413, { deletion: { requestedAt: ago(5), implicit: true } }),
];

test('get bots shows a row for each, and why those that are not Ready are not', () => {
  assert.deepEqual(linesOf(showRecords(bots, view())), [
    'NAME    PHASE      READY     REASON          DROPLET   IP            AGE',
    'alpha   Online     True      -               411       203.0.113.7   5m30s',
    'beta    Pending    False     QuotaExceeded   -         -             5m30s',
    'gamma   -          -         -               -         -             5m30s',
    'delta   Online     Unknown   ChangePending   412       203.0.113.7   5m30s',
    'omega   Deleting   True      -               413       203.0.113.7   5m30s',
  ]);
});

test('get bots -o wide begins with the fleet and adds what is declared', () => {
  const [alpha, beta] = bots as [BotRecord, BotRecord];
  const spec = { accountRef: { name: 'acme' }, displayName: ' Beta the 2nd' };
  const lines = linesOf(showRecords([alpha, { ...beta, spec }], view({ output: 'wide' }), 'k3v9x1qa'));
  assert.deepEqual(lines, [
    'Fleet k3v9x1qa: 2 bots, 1 ready',
    'NAME    PHASE     READY   REASON          DROPLET   IP            AGE     ACCOUNT   PERSONA    POWER     REGION   SIZE          $/MONTH   CONFIG   HEARD   UID         DISPLAYNAME',
    'alpha   Online    True    -               411       203.0.113.7   5m30s   acme      beginner   Running   nyc3     s-1vcpu-2gb   $12       -        -       uid-alpha   alpha',
    'beta    Pending   False   QuotaExceeded   -         -             5m30s   acme      beginner   Running   nyc3     s-1vcpu-2gb   -         -        -       uid-beta    Beta the 2nd',
  ]);
});

test('a bot whose declaration is wrong says so instead of its last state', () => {
  const problem = {
    where: 'alpha.yaml:7:9',
    field: 'spec.persona',
    rule: 'must be one of beginner, tweaker',
  };
  const [, row] = linesOf(showRecords([readyBot('alpha', 411, { problems: [problem] })], view()));
  assert.match(row ?? '', /^alpha +Online +True +InvalidSpec/);
});

test('get accounts shows places and cost', () => {
  assert.deepEqual(linesOf(showRecords([account('acme')], view({ kind: 'account' }))), [
    'NAME   REASON   TIER   USED   LIMIT   WAITING   $/MONTH   AGE',
    'acme   -        pro    2      4       1         $24       10m',
  ]);
});

test('get accounts shows which are declared wrong', () => {
  const problem = { where: 'a.yaml:1:1', field: 'spec.maxBots', rule: 'must be a whole number' };
  const [, row] = linesOf(
    showRecords([{ ...account('acme'), problems: [problem] }], view({ kind: 'account' })),
  );
  assert.match(row ?? '', /^acme +InvalidSpec +pro/);
});

test('-o json gives a List of Kubernetes objects, and one object for one name', () => {
  const list = JSON.parse(showRecords(bots, view({ output: 'json' }))) as { kind: string; items: object[] };
  assert.equal(list.kind, 'List');
  assert.equal(list.items.length, 5);
  const single = JSON.parse(
    showRecords([readyBot('alpha', 411)], view({ output: 'json', single: true })),
  ) as Record<string, unknown>;
  assert.equal(single['kind'], 'Bot');
  assert.equal(single['apiVersion'], 'clawfleet.dev/v1alpha1');
  assert.deepEqual(single['metadata'], {
    name: 'alpha',
    namespace: 'default',
    uid: 'uid-alpha',
    generation: 1,
    resourceVersion: '1',
    creationTimestamp: ago(330),
    annotations: { 'clawfleet.dev/declared-in': 'alpha.yaml:1:1' },
  });
});

test('-o yaml and -o json say the same', () => {
  const yaml: unknown = parse(showRecords(bots, view({ output: 'yaml' })));
  assert.deepEqual(yaml, JSON.parse(showRecords(bots, view({ output: 'json' }))));
});

test('-o yaml says the same to kubectl, which reads YAML 1.1', () => {
  const stopped = bot('on', { spec: { accountRef: { name: 'no' }, droplet: { tags: ['yes', 'off'] } } });
  const text = showRecords([stopped], view({ output: 'yaml' }));
  assert.deepEqual(parse(text, { version: '1.1' }), parse(text));
});

test('-o name gives what other commands take', () => {
  assert.equal(showRecords(bots.slice(0, 2), view({ output: 'name' })), 'bot/alpha\nbot/beta');
  assert.equal(showRecords(bots.slice(0, 1), view({ output: 'name', withNamespace: true })), 'default/alpha');
});

test('a change is one line of JSON, so that a pipe can be read line by line', () => {
  const line = showChange(readyBot('alpha', 411), view({ output: 'json' }), []);
  assert.equal(line.split('\n').length, 1);
  assert.equal((JSON.parse(line) as { kind: string }).kind, 'Bot');
});

test('10,000 bots are laid out in well under a second', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => readyBot(`bot-${index}`, index + 1));
  const cpuMs = cpuStopwatch();
  showRecords(many, view({ output: 'wide' }));
  const took = cpuMs();
  assert.ok(took < 700 * patience, `${took} ms`);
});

const event: StoredEvent = {
  key: 'default/beta',
  uid: 'uid-beta',
  type: 'Warning',
  reason: 'CreateRefused',
  message: 'Region is not available',
  count: 4,
  firstAt: ago(600),
  lastAt: ago(30),
};

test('describe bot tells what is declared, what is, why it waits and what happened', () => {
  const waiting = waitingBot('beta', 'RateLimited', 'The cloud takes calls again at 12:00:40');
  const record = {
    ...waiting,
    status: {
      ...waiting.status,
      createAttempt: {
        id: 'a1',
        storedAt: ago(20),
        cloud: { apiURL: 'x', accountUUID: 'y' },
        template: {
          region: 'nyc3',
          size: 's',
          image: 'i',
          sshKeys: [],
          monitoring: true,
          ipv6: false,
          tags: [],
          bootstrapHash: '0'.repeat(64),
          declared: [],
        },
        knownDropletIDs: [],
        doubt: 'no answer within 30 s',
      },
    },
  };
  const text = describeBot(record, [event], now, plain);
  for (const line of [
    'Name:         beta',
    'Ready:        False (RateLimited)',
    '  Droplet:       nyc3, s-1vcpu-2gb, ubuntu-22-04-x64',
    '  Waits:   The cloud takes calls again at 12:00:40',
    '  Create:  asked for 20s ago; in doubt: no answer within 30 s. It is looked for by name until found or the settling window has passed',
    '  TYPE          STATUS   REASON        SINCE   MESSAGE',
    '  Reconciling   True     RateLimited   60s     The cloud takes calls again at 12:00:40',
    '  30s (x4 over 10m)   Warning   CreateRefused   Region is not available',
  ]) {
    assert.ok(linesOf(text).includes(line), `${line}\n---\n${text}`);
  }
});

test('describe bot leaves out what happened to earlier bots of the name, and says when events cannot be read', () => {
  const own = describeBot(bot('a'), [{ ...event, uid: 'another' }], now, plain);
  assert.ok(!own.includes('CreateRefused'), own);
  const failure = new PortError({ kind: 'unavailable' }, 'events is forbidden');
  assert.ok(describeBot(bot('a'), failure, now, plain).includes('They cannot be read: events is forbidden'));
});

test('describe bot shows every problem of the declaration with its place', () => {
  const problem = {
    where: 'a.yaml:7:9',
    object: 'Bot default/a',
    field: 'spec.persona',
    rule: 'must be one of x',
    value: '"y"',
  };
  const text = describeBot(bot('a', { problems: [problem], spec: undefined }), [], now, plain);
  assert.ok(text.includes('  a.yaml:7:9: Bot default/a: spec.persona must be one of x, got "y"'), text);
  assert.ok(text.includes('  nothing valid yet'), text);
});

test('describe account lists its own bots only', () => {
  const other = bot('other', { spec: { accountRef: { name: 'zeta' } } });
  const text = describeAccount(account('acme'), [readyBot('alpha', 411), other], [], now, plain);
  assert.ok(text.includes('2 of 4 places used, 1 waiting'), text);
  assert.ok(text.includes('alpha'), text);
  assert.ok(!text.includes('other'), text);
});

test('describe account shows its own history', () => {
  const acme = account('acme');
  const event = {
    key: acme.key,
    type: 'Warning',
    reason: 'InvalidSpec',
    count: 1,
    firstAt: ago(60),
    lastAt: ago(60),
  } as const;
  const events = [
    { ...event, kind: 'Account', uid: acme.uid, message: 'spec.maxBots is wrong' } as const,
    { ...event, uid: 'of-a-bot', message: 'spec.persona is wrong' },
  ];
  const text = describeAccount(acme, [], events, now, plain);
  assert.match(text, /60s +Warning +InvalidSpec +spec\.maxBots is wrong/);
  assert.doesNotMatch(text, /persona/);
});

test('fleet show tells until when the last bots of a source are held', () => {
  const until = '2026-03-01T12:10:00.000Z';
  const holds = [{ kind: 'delete', since: ago(90), keys: ['default/a'], before: 1, until }] as const;
  const place = { source: '/srv/bots', state: '/srv/state.db', identity: 'elsewhere' };
  assert.ok(
    showFleet(fleetState({ holds }), [], place, now, plain).includes(`for 90s, until ${until}: default/a.`),
  );
});

test('fleet show tells what is held, since when and how to let it go', () => {
  const fleet = fleetState({
    holds: [{ kind: 'recreate', since: ago(90), keys: ['default/a', 'default/b'], before: 3 }],
    tombstones: [{ uid: 'u', key: 'default/gone', policy: 'Delete', at: ago(7_200) }],
  });
  const place = { source: '/srv/bots', state: '/srv/state.db', identity: 'elsewhere' };
  const text = showFleet(fleet, [readyBot('alpha', 1)], place, now, plain);
  assert.match(text, /Fleet: +k3v9x1qa/);
  assert.match(text, /not this: `clawfleet fleet take-over` binds it here/);
  assert.match(text, /new droplets for those that are gone: 2 of 3, for 90s: default\/a, default\/b/);
  assert.match(text, /`clawfleet confirm recreate` \(look by its --dry-run\)/);
  assert.match(text, /default\/gone {2}120m ago, policy Delete/);
});

test('a verdict is told in words: what is done or looked at, what it tells, and when it is decided again', () => {
  const conditions = [condition('Ready', 'False', 'Destroying', 'Droplet 7 is being destroyed')];
  const decision = { status: { conditions }, notes: [], drift: [], answers: [] };
  const destroy = {
    kind: 'destroy',
    dropletID: 7,
    cause: 'Duplicate',
    why: 'it is a duplicate of 8',
  } as const;
  const note = {
    type: 'Warning',
    reason: 'DuplicateDroplet',
    message: 'Droplet 7 is a duplicate of 8',
  } as const;
  assert.deepEqual(verdictLines({ ...decision, effect: destroy, notes: [note], requeueAt: now }), [
    'It destroys droplet 7 (Duplicate): it is a duplicate of 8.',
    'Ready is False, Destroying: Droplet 7 is being destroyed',
    'It is noted as an event, DuplicateDroplet: Droplet 7 is a duplicate of 8',
    'It decides again at 2026-03-01T12:00:00.000Z, or when something about the bot changes.',
  ]);
  const [looked] = verdictLines({ ...decision, look: { kind: 'slot', slot: 'create' } });
  assert.equal(looked, 'It looks first: it asks for a slot (create).');
});
