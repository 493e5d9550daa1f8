import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OwnerIndex } from '../../../src/controller/fleet/owner-index.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import { botOf, dropletOf, recordOf } from '../../decide/input-builder.ts';

function adopting(name: string, botID: string | undefined, dropletID = 100): BotRecord {
  const spec = {
    accountRef: { name: 'acme' },
    adopt: { dropletID: 100, ...(botID !== undefined && { botID }) },
  };
  const droplet = recordOf(dropletOf({ id: dropletID }), { origin: 'Adopted' });
  const uid = `uid-${name}`;
  return botOf({ key: `default/${name}`, name, uid, spec, status: { droplet, ownerUID: uid } });
}

describe('the owner index', () => {
  it('knows the bots that an adopted agent’s id may mean, and forgets them', () => {
    const owners = new OwnerIndex();
    owners.update(adopting('a', 'old'));
    owners.update(adopting('b', 'old'));
    owners.update(adopting('c', undefined));
    assert.deepEqual(owners.ofAgentID('old'), ['default/a', 'default/b']);
    owners.remove('default/a');
    owners.remove('default/c');
    assert.deepEqual(owners.ofAgentID('old'), ['default/b']);
    assert.deepEqual(owners.ofAgentID('new'), []);
  });

  it('forgets an adopted agent’s id when its droplet is replaced', () => {
    const owners = new OwnerIndex();
    owners.update(adopting('a', 'old'));
    owners.update(adopting('a', 'old', 200));
    assert.deepEqual(owners.ofAgentID('old'), []);
  });

  it('knows a bot by its own uid first, and each bot once', () => {
    const owners = new OwnerIndex();
    owners.update(adopting('a', 'uid-b'));
    owners.update(adopting('b', 'uid-b'));
    assert.deepEqual(owners.ofAgentID('uid-b'), ['default/b', 'default/a']);
    assert.deepEqual(owners.ofAgentID('uid-a'), ['default/a']);
  });

  it('knows every bot that records a droplet, the first first', () => {
    const owners = new OwnerIndex();
    owners.update(adopting('a', undefined));
    owners.update(adopting('b', undefined));
    assert.deepEqual(owners.holdersOf(100), ['default/a', 'default/b']);
    owners.update(adopting('a', undefined, 200));
    assert.equal(owners.ofDroplet(100), 'default/b');
    assert.equal(owners.ofDroplet(200), 'default/a');
  });
});
