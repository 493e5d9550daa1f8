import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, it } from 'node:test';
import { EventTable, storedEvents } from '../../../../src/adapters/directory/state/event-table.ts';
import { migrate } from '../../../../src/adapters/directory/state/migrations.ts';
import type { BotEvent } from '../../../../src/ports/source.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function event(uid: string, message: string): BotEvent {
  return { key: `default/${uid}`, uid, type: 'Normal', reason: 'Tested', message };
}

describe('EventTable', () => {
  let db: DatabaseSync;
  let table: EventTable;

  beforeEach(() => {
    db = new DatabaseSync(':memory:');
    migrate(db, ':memory:');
    table = new EventTable(db, { perBot: 5, total: 40 });
  });

  it('counts repeats within ten minutes of the last one', () => {
    table.add(event('a', 'same'), at(0));
    table.add(event('a', 'other'), at(1));
    table.add(event('a', 'same'), at(599));
    table.add(event('a', 'same'), at(1190));
    assert.deepEqual(
      storedEvents(db).map(({ message, count, firstAt, lastAt }) => [message, count, firstAt, lastAt]),
      [
        ['other', 1, at(1), at(1)],
        ['same', 3, at(0), at(1190)],
      ],
    );
    table.add(event('a', 'same'), at(1791));
    assert.deepEqual(
      storedEvents(db, 'default/a').map(({ count }) => count),
      [1, 3, 1],
    );
  });

  it('keeps the newest of each bot', () => {
    for (let number = 0; number < 20; number++) table.add(event('a', `${number}`), at(number));
    table.add(event('b', 'first'), at(0));
    assert.deepEqual(
      storedEvents(db, 'default/a').map(({ message }) => message),
      ['15', '16', '17', '18', '19'],
    );
    assert.equal(storedEvents(db, 'default/b').length, 1);
  });

  it('keeps the newest of all, also across a reopening', () => {
    for (let number = 0; number < 100; number++) {
      if (number === 50) table = new EventTable(db, { perBot: 5, total: 40 });
      table.add(event(`bot-${number}`, 'once'), at(number));
      assert.ok(storedEvents(db).length <= 40);
    }
    assert.ok(storedEvents(db).length >= 38);
    assert.equal(storedEvents(db).at(-1)?.uid, 'bot-99');
  });
});
