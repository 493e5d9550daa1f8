import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { BotRecord } from '../../src/model/records.ts';
import type { ResourceKey } from '../../src/model/resource-key.ts';
import { faultOf } from '../../src/ports/port-error.ts';
import type { Source } from '../../src/ports/source.ts';
import {
  accountObject,
  agentStatus,
  botObject,
  eventually,
  firstStatus,
  type SourceBed,
  secretObject,
  statusOf,
  Told,
} from './source-bed.ts';

const alpha: ResourceKey = 'default/alpha';

/** What every source must do, run over the places that `makeBed` makes. */
export function sourceContract(name: string, makeBed: () => Promise<SourceBed>): void {
  describe(`${name} as a source`, () => {
    let bed: SourceBed;
    let source: Source;
    let told: Told;

    const start = async () => {
      source = bed.open();
      told = new Told();
      await source.start(told);
    };
    const restart = async () => {
      await source.stop();
      await start();
    };
    const found = (key: ResourceKey): BotRecord => {
      const record = source.bot(key);
      assert.ok(record, `${key} is not there`);
      return record;
    };
    const startWith = async (...objects: Parameters<SourceBed['declare']>[0][]) => {
      for (const object of objects) await bed.declare(object);
      await start();
    };

    beforeEach(async () => {
      bed = await makeBed();
    });
    afterEach(async () => {
      await source.stop();
      await bed.close();
    });

    it('tells everything that is declared before its start resolves', async () => {
      await startWith(botObject('alpha'), botObject('beta'), accountObject('team'));
      assert.deepEqual(told.bots.map(({ key }) => key).sort(), ['default/alpha', 'default/beta']);
      assert.ok(told.bots.every(({ live }) => !live));
      assert.deepEqual(told.accounts, ['default/team']);
      assert.deepEqual([told.beforeFleet, told.fleet], [0, 0]);
      assert.equal([...source.bots()].length, 2);
      assert.equal([...source.accounts()].length, 1);
      assert.deepEqual(source.health(), { whole: true, problems: [] });
    });

    it('gives a new bot a uid, a time and nothing stored', async () => {
      await startWith(botObject('alpha', { persona: 'tweaker' }));
      const record = found(alpha);
      assert.match(record.uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.ok(Math.abs(Date.parse(record.createdAt) - Date.now()) < 60_000);
      assert.equal(record.spec?.persona, 'tweaker');
      assert.deepEqual(record.status, {});
      assert.deepEqual(record.problems, []);
      assert.equal(record.pristine, true);
      assert.equal(record.deletion, undefined);
      assert.ok(record.generation >= 1);
    });

    it('keeps uid, time and generation over a restart', async () => {
      await startWith(botObject('alpha'));
      const before = found(alpha);
      await restart();
      const after = found(alpha);
      assert.deepEqual(
        [after.uid, after.createdAt, after.generation],
        [before.uid, before.createdAt, before.generation],
      );
    });

    it('tells a new bot live', async () => {
      await startWith();
      await bed.declare(botObject('alpha'));
      await eventually(() => source.bot(alpha), 'the bot is known');
      assert.deepEqual(told.bots[0], { key: alpha, live: true });
    });

    it('raises the generation when the spec changes, and only then', async () => {
      await startWith(botObject('alpha', { persona: 'tweaker', powerState: 'Running' }));
      const { generation, uid } = found(alpha);
      await bed.declare(botObject('alpha', { powerState: 'Running', persona: 'tweaker' }));
      await bed.declare(botObject('beta'));
      await eventually(() => source.bot('default/beta'), 'the other bot is known');
      assert.equal(found(alpha).generation, generation);
      await bed.declare(botObject('alpha', { persona: 'beginner' }));
      const changed = await eventually(() => {
        const record = found(alpha);
        return record.spec?.persona === 'beginner' && record;
      }, 'the spec is the new one');
      assert.equal(changed.generation, generation + 1);
      assert.equal(changed.uid, uid);
      assert.ok(told.bots.some(({ key, live }) => key === alpha && live));
    });

    it('reads its own status at once, and keeps it over a restart', async () => {
      await startWith(botObject('alpha'));
      const written = await source.writeStatus(found(alpha), statusOf('Provisioning'));
      assert.equal(found(alpha), written);
      assert.equal(written.pristine, false);
      assert.deepEqual(written.status, statusOf('Provisioning'));
      await restart();
      assert.deepEqual(found(alpha).status, statusOf('Provisioning'));
      assert.equal(found(alpha).pristine, false);
    });

    it('keeps what is on record of a bot’s agent over a restart', async () => {
      await startWith(botObject('alpha'));
      const status = { ...statusOf('Online'), ...agentStatus };
      await source.writeStatus(found(alpha), status);
      await restart();
      assert.deepEqual(found(alpha).status, status);
    });

    it('refuses a status decided on a version that has passed', async () => {
      await startWith(botObject('alpha'));
      const stale = found(alpha);
      await source.writeStatus(stale, statusOf('Provisioning'));
      await assert.rejects(
        source.writeStatus(stale, statusOf('Error')),
        (error) => faultOf(error, 'conflict') !== undefined,
      );
      assert.equal(found(alpha).status.phase, 'Provisioning');
    });

    it('lets exactly one of two writes of the same version pass', async () => {
      await startWith(botObject('alpha'));
      const record = found(alpha);
      const outcomes = await Promise.allSettled([
        source.writeStatus(record, statusOf('Pending')),
        source.writeStatus(record, statusOf('Error')),
      ]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    });

    it('keeps a hundred writes made together', async () => {
      const names = Array.from({ length: 100 }, (_, index) => `bot-${index}`);
      await startWith(...names.map((one) => botObject(one)));
      await Promise.all(
        [...source.bots()].map((record) => source.writeStatus(record, statusOf('Provisioning'))),
      );
      await restart();
      assert.ok([...source.bots()].every(({ status }) => status.phase === 'Provisioning'));
    });

    it('holds a bot, and holding it again changes nothing', async () => {
      await startWith(botObject('alpha'));
      const held = await source.addFinalizer(found(alpha));
      assert.equal(held.hasFinalizer, true);
      assert.equal(held.uid, found(alpha).uid);
      assert.equal((await source.addFinalizer(held)).version, held.version);
      await restart();
      assert.equal(found(alpha).hasFinalizer, true);
    });

    it('holds a bot with its first status, which is as any other and gives way to the next', async () => {
      await startWith(botObject('alpha'));
      const held = await source.addFinalizerWith(found(alpha), firstStatus);
      assert.equal(found(alpha), held);
      assert.deepEqual([held.hasFinalizer, held.pristine, held.status], [true, false, firstStatus]);
      await restart();
      const again = found(alpha);
      assert.deepEqual([again.hasFinalizer, again.pristine, again.status], [true, false, firstStatus]);
      await source.writeStatus(again, statusOf('Online'));
      assert.deepEqual(found(alpha).status, statusOf('Online'));
      await restart();
      assert.deepEqual(found(alpha).status, statusOf('Online'));
    });

    it('holds no bot with a status decided on a version that has passed', async () => {
      await startWith(botObject('alpha'));
      const stale = found(alpha);
      await source.writeStatus(stale, statusOf('Pending'));
      await assert.rejects(
        source.addFinalizerWith(stale, firstStatus),
        (error) => faultOf(error, 'conflict') !== undefined,
      );
      assert.deepEqual(found(alpha).status, statusOf('Pending'));
      await source.addFinalizerWith(found(alpha), firstStatus);
      assert.deepEqual([found(alpha).hasFinalizer, found(alpha).status], [true, firstStatus]);
    });

    it('lets exactly one of two first statuses pass', async () => {
      await startWith(botObject('alpha'));
      const record = found(alpha);
      const outcomes = await Promise.allSettled([
        source.addFinalizerWith(record, firstStatus),
        source.addFinalizerWith(record, statusOf('Error')),
      ]);
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    });

    it('shows the first status of a bot that is deleted, after a restart too', async () => {
      await startWith(botObject('alpha'));
      await source.addFinalizerWith(found(alpha), firstStatus);
      await bed.remove(botObject('alpha'));
      await eventually(() => found(alpha).deletion, 'it is to be deleted');
      assert.deepEqual(found(alpha).status, firstStatus);
      await restart();
      assert.deepEqual([found(alpha).hasFinalizer, found(alpha).status], [true, firstStatus]);
      await source.removeFinalizer(found(alpha));
      await eventually(() => source.bot(alpha) === undefined, 'it is gone');
    });

    it('shows a deleted bot with its last spec until it is released', async () => {
      await startWith(botObject('alpha', { deletionPolicy: 'Orphan' }));
      await source.addFinalizer(found(alpha));
      await bed.remove(botObject('alpha'));
      const record = await eventually(() => found(alpha).deletion && found(alpha), 'it is to be deleted');
      assert.equal(record.deletion?.implicit, bed.implicitDeletion);
      assert.equal(record.spec?.deletionPolicy, 'Orphan');
      await source.removeFinalizer(record);
      await eventually(() => source.bot(alpha) === undefined, 'it is gone');
      await restart();
      assert.equal(source.bot(alpha), undefined);
    });

    it('shows the deletion after a restart', async () => {
      await startWith(botObject('alpha'));
      await source.addFinalizer(found(alpha));
      await bed.remove(botObject('alpha'));
      const { deletion } = await eventually(
        () => found(alpha).deletion && found(alpha),
        'it is to be deleted',
      );
      await restart();
      assert.deepEqual(found(alpha).deletion, deletion);
    });

    it('says absent when a released bot is written', async () => {
      await startWith(botObject('alpha'));
      await source.addFinalizer(found(alpha));
      await bed.remove(botObject('alpha'));
      const record = await eventually(() => found(alpha).deletion && found(alpha), 'it is to be deleted');
      await source.removeFinalizer(record);
      await assert.rejects(
        source.writeStatus(record, statusOf('Error')),
        (error) => faultOf(error, 'absent') !== undefined,
      );
    });

    it('gives a bot declared again after its end another uid', async () => {
      await startWith(botObject('alpha'));
      const held = await source.addFinalizer(found(alpha));
      await bed.remove(botObject('alpha'));
      await source.removeFinalizer(
        await eventually(() => found(alpha).deletion && found(alpha), 'it is to be deleted'),
      );
      await eventually(() => source.bot(alpha) === undefined, 'it is gone');
      await bed.declare(botObject('alpha'));
      const again = await eventually(() => source.bot(alpha), 'it is there again');
      assert.notEqual(again.uid, held.uid);
      assert.equal(again.deletion, undefined);
      assert.deepEqual(again.status, {});
    });

    it('keeps the last good spec of a bot whose declaration turns bad, and tells why', async () => {
      await startWith(botObject('alpha', { persona: 'tweaker' }), botObject('beta'));
      const { generation } = found(alpha);
      await bed.declare(botObject('alpha', { persona: 'nonsense' }));
      const record = await eventually(() => found(alpha).problems[0] && found(alpha), 'the problem is told');
      assert.equal(record.spec?.persona, 'tweaker');
      assert.equal(record.generation, generation + (bed.badSpecsCount ? 1 : 0));
      assert.equal(record.problems[0]?.field, 'spec.persona');
      assert.deepEqual(found('default/beta').problems, []);
      await bed.declare(botObject('alpha', { persona: 'tweaker' }));
      await eventually(() => found(alpha).problems.length === 0, 'the problem is over');
      assert.equal(found(alpha).generation, generation + (bed.badSpecsCount ? 2 : 0));
    });

    it('shows a bot that never was good without a spec', async () => {
      await startWith(botObject('alpha', { persona: 'nonsense' }));
      assert.equal(found(alpha).spec, undefined);
      assert.ok(found(alpha).problems.length > 0);
    });

    it('keeps what is written of an account, and forgets an account that is gone', async () => {
      await startWith(accountObject('team', { tier: 'pro' }));
      const record = source.account('default/team');
      assert.ok(record);
      assert.equal(record.spec?.tier, 'pro');
      const written = await source.writeAccountStatus(record, { used: 1, limit: 4 });
      assert.deepEqual(source.account('default/team'), written);
      await assert.rejects(
        source.writeAccountStatus(record, { used: 2 }),
        (error) => faultOf(error, 'conflict') !== undefined,
      );
      await restart();
      assert.deepEqual(source.account('default/team')?.status, { used: 1, limit: 4 });
      await bed.remove(accountObject('team'));
      await eventually(() => source.account('default/team') === undefined, 'the account is gone');
      assert.ok(told.accounts.length > 0);
    });

    it('resolves Secrets of the namespace, and says absent for what is not there', async () => {
      if (bed.withoutSecrets) {
        await startWith();
        await assert.rejects(source.secret('default', { name: 'llm', key: 'key' }), (error) => {
          assert.match(String(error), /encrypted/);
          return faultOf(error, 'absent') !== undefined;
        });
        return;
      }
      await startWith(secretObject('llm', { key: 'hunter2' }));
      assert.equal(await source.secret('default', { name: 'llm', key: 'key' }), 'hunter2');
      const absent = (error: unknown) => {
        assert.ok(!String(error).includes('hunter2'));
        return faultOf(error, 'absent') !== undefined;
      };
      await assert.rejects(source.secret('other', { name: 'llm', key: 'key' }), absent);
      await assert.rejects(source.secret('default', { name: 'none', key: 'key' }), absent);
      await assert.rejects(source.secret('default', { name: 'llm', key: 'toString' }), absent);
    });

    it('makes the fleet once and changes its record by compare-and-swap', async () => {
      await startWith();
      const first = source.fleet();
      assert.equal(first.fresh, true);
      assert.equal(first.boundNow, first.state.boundTo);
      assert.match(first.state.fleetID, /^[a-z0-9]{8}$/);
      const changed = { ...first.state, acceptedNew: true };
      const saved = await source.saveFleet(changed, first.version);
      assert.deepEqual(saved.state, changed);
      await assert.rejects(
        source.saveFleet(first.state, first.version),
        (error) => faultOf(error, 'conflict') !== undefined,
      );
      await restart();
      assert.deepEqual(source.fleet().state, changed);
      assert.equal(source.fleet().fresh, false);
    });

    it('takes events without throwing, whatever becomes of them', async () => {
      await startWith(botObject('alpha'));
      const { uid } = found(alpha);
      for (let index = 0; index < 200; index++) {
        source.recordEvent({ key: alpha, uid, type: 'Normal', reason: 'Tested', message: `number ${index}` });
      }
      await source.stop();
      source.recordEvent({ key: alpha, uid, type: 'Normal', reason: 'Tested', message: 'too late' });
    });

    it('says nothing more once it has stopped', async () => {
      await startWith(botObject('alpha'));
      await source.stop();
      const before = told.bots.length;
      await bed.declare(botObject('beta'));
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.equal(told.bots.length, before);
    });
  });
}
