import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdoptedIDIndex } from '../../../src/controller/agents/adopted-id-index.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import { botOf, dropletOf, recordOf } from '../../decide/input-builder.ts';

function adopting(name: string, botID: string | undefined, dropletID = 100): BotRecord {
  const spec = {
    accountRef: { name: 'acme' },
    adopt: { dropletID: 100, ...(botID !== undefined && { botID }) },
  };
  const droplet = recordOf(dropletOf({ id: dropletID }), { origin: 'Adopted' });
  return botOf({ key: `default/${name}`, name, spec, status: { droplet } });
}

describe('AdoptedIDs', () => {
  it('knows the bots that an old id may mean, and forgets them', () => {
    const ids = new AdoptedIDIndex();
    ids.update(adopting('a', 'old'));
    ids.update(adopting('b', 'old'));
    ids.update(adopting('c', undefined));
    assert.deepEqual(ids.of('old'), ['default/a', 'default/b']);
    ids.forget('default/a');
    ids.forget('default/c');
    assert.deepEqual(ids.of('old'), ['default/b']);
    assert.deepEqual(ids.of('new'), []);
  });

  it('ends with the adopted droplet', () => {
    const ids = new AdoptedIDIndex();
    ids.update(adopting('a', 'old'));
    ids.update(adopting('a', 'old', 200));
    assert.deepEqual(ids.of('old'), []);
  });
});
