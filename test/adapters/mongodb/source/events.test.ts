import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import {
  type EventDocument,
  MongoEventLog,
  storedEvents,
} from '../../../../src/adapters/mongodb/source/mongo-event-log.ts';
import { systemChance } from '../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { soleLeader } from '../../../../src/ports/leadership.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import type { BotEvent } from '../../../../src/ports/source.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

const event = (reason: string, message: string, uid = 'u1'): BotEvent => ({
  key: 'default/alpha',
  uid,
  type: 'Normal',
  reason,
  message,
});

await eachMongo(
  'the history of bots',
  () => true,
  ({ server }) => {
    let bed: MongoBed;
    let now: number;
    /** Waits for answers, but not for more events; its wall time is moved by hand. */
    const clock: Clock = {
      now: () => now,
      monotonic: () => systemClock.monotonic(),
      schedule: (ms, run) => systemClock.schedule(ms < 10_000 ? 0 : ms, run),
    };

    beforeEach(() => {
      bed = new MongoBed(server().uri);
      bed.open();
      now = Date.parse('2026-03-01T12:00:00Z');
    });
    afterEach(() => bed.close());

    const collection = () => bed.db.collection<EventDocument>('events');
    const log = (most?: number) =>
      new MongoEventLog({
        collection: collection(),
        clock,
        chance: systemChance,
        log: silentLog,
        leadership: soleLeader,
        ...(most !== undefined && { most }),
      });

    it('counts repeats within ten minutes on one document, over many writes', async () => {
      const first = log();
      for (let minute = 0; minute < 5; minute += 1) {
        first.record(event('Created', 'the droplet'));
        await until('it is stored', 60_000, 5, async () => {
          const [stored] = await storedEvents(collection(), undefined);
          return stored?.count === minute + 1;
        });
        now += 60_000;
      }
      now += 600_000;
      first.record(event('Created', 'the droplet'));
      first.record(event('Created', 'another droplet'));
      await first.close();
      const stored = await storedEvents(collection(), 'default/alpha');
      assert.deepEqual(
        stored.map(({ message, count }) => [message, count]),
        [
          ['the droplet', 5],
          ['the droplet', 1],
          ['another droplet', 1],
        ],
      );
      assert.equal(stored[0]?.firstAt, '2026-03-01T12:00:00.000Z');
      assert.equal(stored[0]?.lastAt, '2026-03-01T12:04:00.000Z');
      assert.deepEqual(await storedEvents(collection(), 'default/other'), []);
    });

    it('takes no flood of one bot', async () => {
      const events = log();
      for (let index = 0; index < 500; index += 1) events.record(event('Failed', `try ${index}`));
      events.record(event('Created', 'the other', 'u2'));
      await events.close();
      const stored = await storedEvents(collection(), undefined);
      assert.ok(stored.length <= 30, `${stored.length} are stored`);
      assert.ok(stored.some(({ uid }) => uid === 'u2'));
    });

    it('keeps no more than it may, the newest', async () => {
      const events = log(40);
      for (let index = 0; index < 100; index += 1) {
        events.record(event('Numbered', `number ${index}`, `u${index}`));
        now += 1_000;
        if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await events.close();
      const stored = await storedEvents(collection(), undefined);
      assert.ok(stored.length <= 40 && stored.length >= 20, `${stored.length} are stored`);
      assert.equal(stored.at(-1)?.message, 'number 99');
    });
  },
);
