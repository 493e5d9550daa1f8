import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openDirectoryReader } from '../../../src/adapters/directory/directory-reader.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import { FleetBed } from '../fleet-bed.ts';

describe('bad input', () => {
  it('of one bot stops nothing else', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('good');
    bed.bot('bad', { persona: 'wizard' });
    await bed.started();
    assert.equal(bed.ready('good'), 'True Running');
    assert.equal(bed.ready('bad'), 'False InvalidSpec');
  });

  it('of one bot is told once, in its history and in the log, and anew when it is another', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', { persona: 'wizard' });
    await bed.changed();
    await bed.changed(3_600_000);
    const told = () => bed.logs.filter((line) => line.includes('"reason":"InvalidSpec"'));
    assert.equal(told().length, 1);
    assert.match(told()[0] ?? '', /warn heron\.yaml.*spec\.persona.*"bot":"default\/heron"/);
    bed.bot('heron', { powerState: 'Perhaps' });
    await bed.changed();
    assert.equal(told().length, 2);
    assert.match(told()[1] ?? '', /spec\.powerState/);
  });

  it('of an account is as loud as of a bot', async (test) => {
    const bed = new FleetBed(test);
    bed.account({ maxBots: '5' });
    bed.bot('heron');
    await bed.started();
    await bed.changed(3_600_000);
    const told = () => bed.logs.filter((line) => line.includes('"reason":"InvalidSpec"'));
    assert.equal(told().length, 1);
    assert.match(
      told()[0] ?? '',
      /warn account-acme\.yaml:\d+:\d+: Account default\/acme: spec\.maxBots must be a whole number, got "5"\. Its bots get no place/,
    );
    const { warnings, invalid, notReady } = bed.controller.overview();
    assert.match(warnings.join('\n'), /^account-acme\.yaml.*spec\.maxBots/);
    assert.deepEqual([invalid, notReady], [{ Bot: 0, Account: 1 }, []]);
    const reader = openDirectoryReader({ ...bed, clock: bed.clock });
    test.after(() => reader.close());
    const [event, ...others] = await reader.events(resourceKey('default', 'acme'));
    assert.match(`${event?.type} ${event?.reason} ${event?.message}`, /^Warning InvalidSpec .*spec\.maxBots/);
    assert.deepEqual(others, []);
    assert.equal(bed.ready('heron'), 'False AccountInvalid');

    bed.account({ maxBots: 5 });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.deepEqual(bed.controller.overview().warnings, []);
    assert.ok(bed.logs.some((line) => /info Account default\/acme: .*valid again/.test(line)));
  });

  it('of an account leaves its last good declaration in force, and says so', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.account({ maxBots: -1 });
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.ok(bed.logs.some((line) => /spec\.maxBots.*Its last valid declaration stays in force/.test(line)));
  });

  it('of a bot says nothing of an account that it does not name', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { accountRef: { name: 7 } });
    await bed.started();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    for (const { message } of bed.record('heron').status.conditions ?? [])
      assert.doesNotMatch(message, /Account (does|is|default\/ )|account ''/);
    assert.deepEqual(bed.controller.overview().invalid, { Bot: 1, Account: 0 });
  });

  it('of no bot in particular is told once in the log, and when it is over', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    bed.declare('broken.yaml', 'kind: [');
    await bed.changed();
    await bed.changed(3_600_000);
    const told = () => bed.logs.filter((line) => line.includes(' source: '));
    assert.equal(told().length, 1);
    assert.match(told()[0] ?? '', /warn source: .*broken\.yaml/);
    bed.undeclare('broken.yaml');
    await bed.changed();
    assert.match(told()[1] ?? '', /info source: everything declared can be read again/);
    assert.equal(told().length, 2);
  });

  it('of a source that is out of reach is told once, and when it is back', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    renameSync(bed.directory, `${bed.directory}-away`);
    await bed.changed(3_600_000);
    renameSync(`${bed.directory}-away`, bed.directory);
    await bed.changed();
    const told = bed.logs.filter((line) => line.includes(' source: '));
    assert.deepEqual(
      told.map((line) => /(error|info) source: (?:.*(cannot be read)|in order again)/.exec(line)?.slice(1)),
      [
        ['error', 'cannot be read'],
        ['info', undefined],
      ],
    );
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a wrong project becomes a condition, and no tight loop', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron', { droplet: { projectID: '5a4981aa-9653-4bd1-bef5-d6bff52042e4' } });
    await bed.started(3_600_000);
    assert.equal(bed.ready('heron'), 'False ChangeRefused');
    const calls = bed.mutations();
    assert.ok(calls < 12, `${calls} mutations within an hour`);
  });

  it('one name in two files: nothing is done for it, and what runs is left alone', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const before = bed.mutations();
    bed.declare(
      'copy.yaml',
      JSON.stringify({
        apiVersion: 'clawfleet.dev/v1alpha1',
        kind: 'Bot',
        metadata: { name: 'heron' },
        spec: { accountRef: { name: 'acme' }, powerState: 'Stopped' },
      }),
    );
    await bed.changed();
    assert.equal(bed.ready('heron'), 'False InvalidSpec');
    assert.equal(bed.mutations(), before);
    bed.undeclare('copy.yaml');
    await bed.changed();
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('a wiped status is rebuilt by look-up, and nothing is made twice', async (test) => {
    const bed = new FleetBed(test);
    bed.bot('heron');
    await bed.started();
    const wiped = bed.source.writeStatus(bed.record('heron'), {});
    await bed.settle();
    await wiped;
    await bed.restarted(200_000);
    assert.equal(bed.creates, 1);
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.find('heron')?.key, resourceKey('default', 'heron'));
  });
});
