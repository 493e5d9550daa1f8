import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adoptableFleet, adoptionManifest } from '../../src/cli/edit/adoption-plan.ts';
import { explainFailure } from '../../src/cli/explain-failure.ts';
import { findOrphans } from '../../src/cli/select/orphaned-droplets.ts';
import { parseKey, parseKind, parseSubject } from '../../src/cli/select/resource-args.ts';
import { parseWaitCondition } from '../../src/cli/watch/wait-condition.ts';
import { confirmHolds } from '../../src/model/fleet-state.ts';
import { parseManifests } from '../../src/model/manifest/parse-manifests.ts';
import type { Droplet } from '../../src/ports/cloud.ts';
import { PortError } from '../../src/ports/port-error.ts';
import { account, ago, bot, condition, fakeReader, fleetState, readyBot } from './records.ts';

function droplet(id: number, name: string, change: Partial<Droplet> = {}): Droplet {
  return {
    id,
    name,
    status: 'active',
    tags: [],
    region: 'nyc3',
    size: 's-1vcpu-2gb',
    image: 'ubuntu-22-04-x64',
    diskGB: 50,
    backups: false,
    ipv6: false,
    monitoring: true,
    createdAt: ago(600),
    priceMonthlyUSD: 12,
    ...change,
  } as Droplet;
}

const order = { key: 'default/new', name: 'new', namespace: 'default', account: 'acme' } as const;

test('confirming some of what is held leaves the others held', () => {
  const held = { kind: 'delete', since: ago(60), keys: ['default/a', 'default/b'], before: 3 } as const;
  const state = fleetState({ holds: [held], confirmed: { delete: ['default/z'], recreate: [] } });
  const after = confirmHolds(state, 'delete', ['default/a']);
  assert.deepEqual(after.holds, [{ ...held, keys: ['default/b'] }]);
  assert.deepEqual(after.confirmed, { delete: ['default/z', 'default/a'], recreate: [] });
});

test('confirming all ends the hold, and touches no hold of the other kind', () => {
  const base = { since: ago(60), keys: ['default/a'], before: 3 } as const;
  const state = fleetState({
    holds: [
      { ...base, kind: 'delete' },
      { ...base, kind: 'recreate' },
    ],
  });
  assert.deepEqual(confirmHolds(state, 'delete', ['default/a']).holds, [{ ...base, kind: 'recreate' }]);
});

test('a droplet is an orphan when neither its id nor its name is a bot’s', () => {
  const bots = [readyBot('alpha', 411), bot('beta')];
  const droplets = [
    droplet(411, 'renamed-by-hand'),
    droplet(500, 'openclaw-bot-uid-beta'),
    droplet(501, 'openclaw-bot-uid-gone'),
    droplet(502, 'openclaw-bot-unknown'),
  ];
  const graves = [{ uid: 'uid-gone', key: 'default/gone', policy: 'Orphan', at: ago(5) } as const];
  assert.deepEqual(
    findOrphans(droplets, bots, graves).map(({ droplet: { id }, why }) => [id, why]),
    [
      [501, `bot default/gone was deleted at ${ago(5)}`],
      [502, 'no bot has the uid unknown'],
    ],
  );
});

test('the manifest of an adopted droplet is valid and declares the droplet as it is', () => {
  const found = droplet(411, 'old', { size: 's-2vcpu-4gb', region: 'fra1', backups: true, status: 'off' });
  const token = 'a'.repeat(64);
  const text = adoptionManifest(found, { ...order, botId: '7f3a', tokenSha256: token });
  const { manifests, problems } = parseManifests(text, 'new.yaml');
  assert.deepEqual(problems, []);
  const [manifest] = manifests;
  assert.deepEqual(manifest?.problems, []);
  const spec = manifest?.kind === 'Bot' ? manifest.spec : undefined;
  assert.deepEqual(spec?.adopt, { dropletID: 411, botID: '7f3a', tokenSHA256: token });
  assert.equal(spec?.droplet?.size, 's-2vcpu-4gb');
  assert.equal(spec?.droplet?.region, 'fra1');
  assert.equal(spec?.powerState, 'Stopped');
});

test('a droplet of another fleet, of another bot, or under a taken name is not adopted', () => {
  const content = { bots: [readyBot('alpha', 411)], accounts: [account('acme')], fleet: fleetState() };
  const reader = fakeReader(content);
  const refused =
    (found: Droplet, change = {}) =>
    () =>
      adoptableFleet(reader, found, { ...order, ...change });
  assert.equal(adoptableFleet(reader, droplet(500, 'x', { tags: ['openclaw'] }), order), 'k3v9x1qa');
  assert.throws(refused(droplet(500, 'x', { tags: ['clawfleet-other'] })), /belongs to fleet other/);
  assert.throws(refused(droplet(411, 'x')), /Bot default\/alpha has droplet 411/);
  assert.throws(refused(droplet(500, 'x'), { key: 'default/alpha' }), /There is a bot default\/alpha/);
  assert.throws(refused(droplet(500, 'x'), { account: 'nobody' }), /There is no account default\/nobody/);
  assert.throws(() => adoptableFleet(fakeReader({}), droplet(500, 'x'), order), /no fleet here yet/);
});

test('names are read in every form in which they are printed', () => {
  assert.equal(parseKey('alpha', 'team'), 'team/alpha');
  assert.equal(parseKey('bot/alpha', 'team'), 'team/alpha');
  assert.equal(parseKey('other/alpha', 'team'), 'other/alpha');
  assert.throws(() => parseKey('a/b/c', 'team'), /is no name/);
  assert.throws(() => parseKey('', 'team'), /is no name/);
  assert.throws(() => parseKind('bost'), { next: 'Did you mean bot?' });
});

test('kind and names are given as to kubectl', () => {
  assert.deepEqual(parseSubject('bots', ['a', 'b']), { kind: 'bot', names: ['a', 'b'] });
  assert.deepEqual(parseSubject('bot/a', ['bot/b']), { kind: 'bot', names: ['bot/a', 'bot/b'] });
  assert.deepEqual(parseSubject('account/a', []), { kind: 'account', names: ['account/a'] });
  assert.throws(() => parseSubject('bost/a', []), { next: 'Did you mean bot?' });
});

test('a condition is waited for as of the spec declared now', () => {
  const { holds } = parseWaitCondition('condition=ready');
  assert.equal(holds(readyBot('a', 1)), true);
  assert.equal(holds(readyBot('a', 1, { generation: 2 })), false);
  assert.equal(holds(undefined), false);
  const stalled = bot('a', {
    status: { observedGeneration: 1, conditions: [condition('Stalled', 'False', 'X')] },
  });
  assert.equal(parseWaitCondition('condition=Stalled=False').holds(stalled), true);
  assert.equal(parseWaitCondition('condition=Stalled').holds(stalled), false);
});

test('deletion and phases are waited for', () => {
  assert.equal(parseWaitCondition('delete').holds(undefined), true);
  assert.equal(parseWaitCondition('delete').holds(bot('a')), false);
  assert.equal(parseWaitCondition('phase=online').holds(readyBot('a', 1)), true);
  assert.equal(parseWaitCondition('phase=Paused').holds(readyBot('a', 1)), false);
});

test('what cannot be waited for is refused with what was probably meant', () => {
  assert.throws(() => parseWaitCondition('condition=Raedy'), { next: 'Did you mean Ready?', exitCode: 64 });
  assert.throws(() => parseWaitCondition('phase=Onlin'), { next: 'Did you mean Online?' });
  for (const text of ['', 'ready', 'condition=Ready=True=x', 'delete=yes']) {
    assert.throws(() => parseWaitCondition(text), /--for cannot be/, text);
  }
});

test('an error at a port is told with what to do next', () => {
  const unauthorised = new PortError(
    { kind: 'unauthorised', missingScope: 'tag:read' },
    'The token lacks tag:read.',
  );
  assert.match(explainFailure(unauthorised)?.next ?? '', /scope tag:read/);
  assert.equal(explainFailure(unauthorised)?.exitCode, 1);
  assert.match(explainFailure(new TypeError('x is undefined'))?.next ?? '', /CLAWFLEET_DEBUG/);
});
