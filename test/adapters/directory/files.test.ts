import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { problemText } from '../../../src/model/problem.ts';
import type { BotRecord } from '../../../src/model/records.ts';
import { accountObject, botObject, eventually, secretObject, statusOf } from '../../contract/source-bed.ts';
import { DirectoryBed } from './directory-bed.ts';

describe('a directory of manifests', () => {
  let bed: DirectoryBed;

  const names = () => [...bed.source.bots()].map(({ name }) => name).sort();
  const at = (...path: string[]) => join(bed.directory, ...path);
  const identity = ({ uid, generation, version, deletion }: BotRecord) => [
    uid,
    generation,
    version,
    deletion,
  ];

  beforeEach(() => {
    bed = new DirectoryBed();
  });
  afterEach(() => bed.close());

  describe('finding files', () => {
    it('reads *.yaml, *.yml and *.json in all folders, several documents each', async () => {
      bed.write('a.yaml', botObject('a'), botObject('b'));
      bed.write('team/c.yml', botObject('c'));
      bed.write('team/deep/er/d.json', botObject('d'));
      await bed.start();
      assert.deepEqual(names(), ['a', 'b', 'c', 'd']);
    });

    it('leaves hidden and temporary files and other kinds alone', async () => {
      bed.write('.git/a.yaml', botObject('a'));
      bed.write('.b.yaml.swp', botObject('b'));
      bed.write('.c.yaml', botObject('c'));
      bed.write('d.yaml~', botObject('d'));
      bed.write('#e.yaml#', botObject('e'));
      bed.write('README.md', 'kind: [');
      await bed.start();
      assert.deepEqual(names(), []);
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
    });

    it('follows links to folders once, loops and all', async () => {
      mkdirSync(join(bed.base, 'elsewhere'));
      bed.write('../elsewhere/a.yaml', botObject('a'));
      bed.write('inside/b.yaml', botObject('b'));
      symlinkSync('../elsewhere', at('linked'));
      symlinkSync('inside', at('again'));
      symlinkSync('..', at('inside', 'loop'));
      await bed.start();
      assert.deepEqual(names(), ['a', 'b']);
      assert.deepEqual(bed.bot('b').problems, []);
    });

    it('follows the switch of a mounted ConfigMap', async () => {
      bed.write('..2024_1/a.yaml', botObject('a', { persona: 'tweaker' }));
      symlinkSync('..2024_1', at('..data'));
      symlinkSync('..data/a.yaml', at('a.yaml'));
      await bed.start({ watch: true });
      const { uid } = bed.bot('a');
      bed.write('..2024_2/a.yaml', botObject('a', { persona: 'beginner' }));
      symlinkSync('..2024_2', at('..data_tmp'));
      renameSync(at('..data_tmp'), at('..data'));
      rmSync(at('..2024_1'), { recursive: true });
      await eventually(() => bed.bot('a').spec?.persona === 'beginner', 'the new content is read');
      assert.equal(bed.bot('a').uid, uid);
      assert.equal(bed.bot('a').deletion, undefined);
    });

    it('follows git-sync pointing the directory itself to another checkout', async () => {
      bed.write('../checkouts/one/a.yaml', botObject('a', { persona: 'tweaker' }));
      bed.write('../checkouts/two/a.yaml', botObject('a', { persona: 'beginner' }));
      symlinkSync('checkouts/one', join(bed.base, 'current'));
      await bed.start({ directory: join(bed.base, 'current'), watch: true });
      const { uid } = bed.bot('a');
      symlinkSync('checkouts/two', join(bed.base, 'next'));
      renameSync(join(bed.base, 'next'), join(bed.base, 'current'));
      await eventually(() => bed.bot('a').spec?.persona === 'beginner', 'the other checkout is read');
      assert.equal(bed.bot('a').uid, uid);
      assert.equal(bed.source.fleet().boundNow, bed.source.fleet().state.boundTo);
    });

    it('reads a file again that changed without its time or size telling', async () => {
      bed.write('a.yaml', botObject('a', { rebootRequest: 'one' }));
      utimesSync(at('a.yaml'), 1000, 1000);
      await bed.start();
      bed.write('a.yaml', botObject('a', { rebootRequest: 'two' }));
      utimesSync(at('a.yaml'), 1000, 1000);
      await bed.source.rescan();
      assert.equal(bed.bot('a').spec?.rebootRequest, 'two');
    });
  });

  describe('moves', () => {
    it('keeps a bot whose file or folder is renamed', async () => {
      bed.write('team/a.yaml', botObject('a'));
      await bed.start();
      const before = identity(bed.bot('a'));
      renameSync(at('team/a.yaml'), at('team/b.yaml'));
      await bed.source.rescan();
      renameSync(at('team'), at('crew'));
      await bed.source.rescan();
      assert.deepEqual(identity(bed.bot('a')), before);
      assert.match(bed.bot('a').origin, /^crew\/b\.yaml:1:1$/);
    });

    it('keeps a bot that moves to another file', async () => {
      bed.write('one.yaml', botObject('a'), botObject('b'));
      bed.write('two.yaml', botObject('c'));
      await bed.start();
      const before = identity(bed.bot('b'));
      bed.write('one.yaml', botObject('a'));
      bed.write('two.yaml', botObject('c'), botObject('b'));
      await bed.source.rescan();
      assert.deepEqual(identity(bed.bot('b')), before);
      assert.deepEqual(bed.bot('b').problems, []);
    });

    it('takes a bot out of no file merely because a watcher sees it leave first', async () => {
      bed.write('one.yaml', botObject('a'));
      bed.write('team/two.yaml', botObject('b'));
      await bed.start({ watch: true });
      const before = [identity(bed.bot('a')), identity(bed.bot('b'))];
      for (let round = 0; round < 10; round++) {
        renameSync(at('one.yaml'), at('team/one.yaml'));
        renameSync(at('team'), at('crew'));
        await new Promise((resolve) => setTimeout(resolve, 17 * (round % 4)));
        assert.deepEqual([identity(bed.bot('a')), identity(bed.bot('b'))], before);
        renameSync(at('crew'), at('team'));
        renameSync(at('team/one.yaml'), at('one.yaml'));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.deepEqual([identity(bed.bot('a')), identity(bed.bot('b'))], before);
    });
  });

  describe('a name declared twice', () => {
    it('tells both places and does nothing until one goes', async () => {
      bed.write('one.yaml', botObject('a', { persona: 'tweaker' }));
      await bed.start();
      const before = identity(bed.bot('a'));
      bed.write('two.yaml', botObject('a', { persona: 'beginner' }));
      await bed.source.rescan();
      const [problem] = bed.bot('a').problems;
      assert.ok(problem);
      assert.match(
        problemText(problem),
        /Bot default\/a: is declared 2 times, in one\.yaml:1:1 and two\.yaml:1:1/,
      );
      assert.equal(bed.bot('a').spec?.persona, 'tweaker');
      assert.deepEqual(identity(bed.bot('a')), before);
      bed.erase('one.yaml');
      await bed.source.rescan();
      assert.deepEqual(bed.bot('a').problems, []);
      assert.equal(bed.bot('a').spec?.persona, 'beginner');
      assert.equal(bed.bot('a').uid, before[0]);
    });

    it('is an error in one file too, and for a bot never seen before', async () => {
      bed.write('one.yaml', botObject('a'), botObject('a'));
      await bed.start();
      assert.equal(bed.bot('a').spec, undefined);
      assert.match(bed.bot('a').problems[0]?.rule ?? '', /declared 2 times/);
      bed.write('one.yaml', botObject('a'));
      await bed.source.rescan();
      assert.deepEqual(bed.bot('a').problems, []);
      assert.ok(bed.bot('a').spec);
    });

    it('counts for accounts, and for Secrets when they are asked for', async () => {
      bed.write('one.yaml', accountObject('team', { tier: 'pro' }), secretObject('s', { k: 'hunter2' }));
      bed.write('two.yaml', accountObject('team', { tier: 'free' }), secretObject('s', { k: 'hunter3' }));
      const source = await bed.start();
      assert.match(source.account('default/team')?.problems[0]?.rule ?? '', /declared 2 times/);
      await assert.rejects(source.secret('default', { name: 's', key: 'k' }), (error: Error) => {
        assert.match(error.message, /one\.yaml.*two\.yaml/);
        assert.ok(!/hunter/.test(error.message));
        return true;
      });
    });
  });

  describe('a file that does not parse', () => {
    const broken = 'apiVersion: clawfleet.dev/v1alpha1\nkind: "Bot\n';

    it('deletes nothing: its bots stay as they were and tell why', async () => {
      bed.write('one.yaml', botObject('a', { persona: 'tweaker' }), botObject('b'));
      bed.write('two.yaml', botObject('c'));
      await bed.start();
      const before = identity(bed.bot('a'));
      bed.write('one.yaml', broken);
      await bed.source.rescan();
      for (const name of ['a', 'b']) {
        assert.match(
          problemText(bed.bot(name).problems[0] ?? assert.fail()),
          /^one\.yaml:\d+:\d+: is not valid/,
        );
      }
      assert.deepEqual(bed.bot('c').problems, []);
      assert.deepEqual(identity(bed.bot('a')), before);
      assert.equal(bed.bot('a').spec?.persona, 'tweaker');
      const { whole, problems } = bed.source.health();
      assert.equal(whole, false);
      assert.equal(problems.length, 1);
      bed.write('one.yaml', botObject('a', { persona: 'tweaker' }));
      await bed.source.rescan();
      assert.deepEqual(bed.bot('a').problems, []);
      assert.ok(bed.bot('b').deletion, 'the one left out of the mended file is to go');
      assert.equal(bed.source.health().whole, true);
    });

    it('deletes nothing over a restart either', async () => {
      bed.write('one.yaml', botObject('a'), botObject('b'));
      await bed.start();
      await bed.source.stop();
      bed.write('one.yaml', broken);
      for (let restart = 0; restart < 3; restart++) {
        await bed.start();
        assert.equal(bed.bot('a').deletion, undefined);
        assert.equal(bed.bot('a').problems.length, 1);
        assert.ok(bed.bot('b').spec);
      }
    });

    it('may hide a bot that left another file for it', async () => {
      bed.write('one.yaml', botObject('alpha'), botObject('beta'));
      bed.write('two.yaml', botObject('gamma'));
      await bed.start();
      bed.write('one.yaml', botObject('beta'));
      bed.write('two.yaml', `${JSON.stringify(botObject('gamma'))}\n---\n${broken}\nname: alpha`);
      await bed.source.rescan();
      assert.equal(bed.bot('alpha').deletion, undefined);
      assert.match(bed.bot('alpha').problems[0]?.where ?? '', /^two\.yaml/);
      bed.write('two.yaml', botObject('gamma'));
      await bed.source.rescan();
      assert.ok(bed.bot('alpha').deletion);
    });

    it('holds back no deletion of a bot that it does not mention', async () => {
      bed.write('one.yaml', botObject('alpha'));
      bed.write('two.yaml', broken);
      await bed.start();
      bed.erase('one.yaml');
      await bed.source.rescan();
      assert.ok(bed.bot('alpha').deletion);
    });

    it('takes documents whose kind is mistyped for no deletion, and reads the others', async () => {
      bed.write('one.yaml', botObject('a'), botObject('b', { persona: 'tweaker' }));
      await bed.start();
      bed.write(
        'one.yaml',
        JSON.stringify(botObject('a')).replace('"Bot"', '"Bto"'),
        botObject('b', { persona: 'beginner' }),
      );
      await bed.source.rescan();
      assert.equal(bed.bot('a').deletion, undefined);
      assert.match(bed.bot('a').problems[0]?.rule ?? '', /did you mean Bot/);
      assert.equal(bed.bot('b').spec?.persona, 'beginner');
      await bed.source.stop();
      bed.write('one.yaml', broken);
      await bed.start();
      assert.deepEqual([bed.bot('a').deletion, bed.bot('b').deletion], [undefined, undefined]);
    });

    it('is refused by the name of its encoding when it is not UTF-8', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start();
      writeFileSync(at('one.yaml'), Buffer.from(JSON.stringify(botObject('a')), 'utf16le'));
      writeFileSync(at('two.yaml'), Buffer.from('# Gr\xfc\xdfe\n', 'latin1'));
      await bed.source.rescan();
      assert.equal(bed.bot('a').deletion, undefined);
      const told = bed.source.health().problems.map(problemText);
      assert.match(told[0] ?? '', /^one\.yaml: is text in UTF-16LE, not in UTF-8; save it as UTF-8/);
      assert.match(told[1] ?? '', /^two\.yaml: is not text in UTF-8: byte 0xFC in line 1 looks like Latin-1/);
    });
  });

  describe('documents that are none of clawfleet’s', () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: desk}';

    it('are passed over with one warning a file, and hide no bot', async () => {
      bed.write('one.yaml', namespace, botObject('stays'), botObject('goes'), namespace);
      await bed.start();
      const { whole, problems, warnings } = bed.source.health();
      assert.deepEqual([whole, problems], [true, []]);
      assert.deepEqual(warnings?.map(problemText), [
        'one.yaml:1:1: passed over documents that are not clawfleet’s: v1 Namespace desk, v1 Namespace desk',
      ]);
      bed.write('one.yaml', namespace, botObject('stays'));
      await bed.source.rescan();
      assert.deepEqual([bed.bot('stays').deletion, bed.bot('stays').problems], [undefined, []]);
      assert.ok(bed.bot('goes').deletion, 'what is taken out of the file is to go');
    });

    it('are told of again after a restart', async () => {
      bed.write('one.yaml', namespace, botObject('a'));
      await bed.start();
      const { warnings } = bed.source.health();
      assert.equal(warnings?.length, 1);
      await bed.start();
      assert.deepEqual(bed.source.health().warnings, warnings);
    });

    it('are told of no more once they are gone', async () => {
      bed.write('one.yaml', namespace, botObject('a'));
      await bed.start();
      bed.write('one.yaml', botObject('a'));
      await bed.source.rescan();
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
    });
  });

  describe('absence', () => {
    it('of everything marks every bot, and nothing more', async () => {
      bed.write('one.yaml', ...['a', 'b', 'c', 'd'].map((name) => botObject(name)));
      await bed.start();
      bed.erase('one.yaml');
      await bed.source.rescan();
      assert.ok(['a', 'b', 'c', 'd'].every((name) => bed.bot(name).deletion?.implicit));
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
    });

    it('is not proven by a directory that is not there', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start();
      renameSync(bed.directory, `${bed.directory}-gone`);
      await bed.source.rescan();
      assert.equal(bed.bot('a').deletion, undefined);
      assert.match(bed.source.health().failure ?? '', /cannot be read: ENOENT/);
      await bed.start();
      assert.equal(bed.bot('a').deletion, undefined);
      assert.match(bed.source.health().failure ?? '', /ENOENT/);
      renameSync(`${bed.directory}-gone`, bed.directory);
      await bed.source.rescan();
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
      assert.equal(bed.bot('a').deletion, undefined);
    });

    it('is not proven by a directory that turned into a file', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start();
      bed.erase('.');
      writeFileSync(bed.directory, '');
      await bed.source.rescan();
      assert.equal(bed.bot('a').deletion, undefined);
      assert.match(bed.source.health().failure ?? '', /is not a directory/);
    });

    it('is not proven while any place cannot be read', async () => {
      bed.write('one.yaml', botObject('a'));
      bed.write('two.yaml', botObject('b'));
      await bed.start();
      bed.erase('one.yaml');
      symlinkSync('nowhere', at('team'));
      await bed.source.rescan();
      assert.equal(bed.bot('a').deletion, undefined);
      assert.equal(bed.source.health().whole, false);
      assert.match(bed.source.health().problems[0]?.rule ?? '', /cannot be read/);
      bed.write('two.yaml', botObject('b', { persona: 'tweaker' }));
      await bed.source.rescan();
      assert.equal(bed.bot('b').spec?.persona, 'tweaker');
      rmSync(at('team'));
      await bed.source.rescan();
      assert.ok(bed.bot('a').deletion);
    });

    it('ends when the bot is declared again before its deletion has begun', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start();
      const { uid, generation } = bed.bot('a');
      bed.erase('one.yaml');
      await bed.source.rescan();
      const marked = bed.bot('a');
      await bed.source.writeStatus(marked, statusOf('Online'));
      bed.write('one.yaml', botObject('a'));
      await bed.source.rescan();
      const back = bed.bot('a');
      assert.deepEqual([back.uid, back.generation, back.deletion], [uid, generation, undefined]);
      assert.equal(back.status.phase, 'Online');
      await assert.rejects(bed.source.removeFinalizer(marked), /no longer at version/);
    });

    it('stands when the bot is declared again after its deletion has begun: a successor waits', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start();
      bed.erase('one.yaml');
      await bed.source.rescan();
      const old = await bed.source.writeStatus(bed.bot('a'), statusOf('Deleting'));
      bed.write('one.yaml', botObject('a', { persona: 'tweaker' }));
      await bed.source.rescan();
      assert.deepEqual(identity(bed.bot('a')), identity(old));
      assert.equal(bed.bot('a').spec?.persona, undefined);
      await bed.start();
      assert.equal(bed.bot('a').uid, old.uid);
      await bed.source.removeFinalizer(bed.bot('a'));
      const successor = bed.bot('a');
      assert.notEqual(successor.uid, old.uid);
      assert.equal(successor.spec?.persona, 'tweaker');
      assert.deepEqual([successor.status, successor.deletion, successor.pristine], [{}, undefined, true]);
      assert.deepEqual(bed.told.bots.at(-1), { key: 'default/a', live: true });
      await bed.start();
      assert.equal(bed.bot('a').uid, successor.uid);
    });

    it('counts re-creations for ever', async () => {
      const uids = new Set<string>();
      for (let round = 0; round < 4; round++) {
        bed.write('one.yaml', botObject('a'));
        await bed.start();
        uids.add(bed.bot('a').uid);
        bed.erase('one.yaml');
        await bed.source.rescan();
        await bed.source.removeFinalizer(bed.bot('a'));
      }
      assert.equal(uids.size, 4);
    });
  });

  describe('watching', () => {
    it('tells an edit within some milliseconds', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start({ watch: true });
      await new Promise((resolve) => setTimeout(resolve, 80));
      const times: number[] = [];
      for (let round = 0; round < 20; round++) {
        const since = performance.now();
        bed.write('one.yaml', botObject('a', { rebootRequest: `${round}` }));
        await eventually(() => bed.bot('a').spec?.rebootRequest === `${round}`, 'the edit is told');
        times.push(performance.now() - since);
      }
      const median = times.sort((one, other) => one - other)[10] ?? Number.NaN;
      console.log(`edit to told: median ${median.toFixed(1)} ms, most ${times.at(-1)?.toFixed(1)} ms`);
      assert.ok(median < 40);
    });

    it('finds new folders, and what changes in them', async () => {
      await bed.start({ watch: true });
      bed.write('new/folder/a.yaml', botObject('a'));
      await eventually(() => bed.source.bot('default/a'), 'the bot is found');
      await new Promise((resolve) => setTimeout(resolve, 120));
      bed.write('new/folder/a.yaml', botObject('a', { persona: 'tweaker' }));
      await eventually(() => bed.bot('a').spec?.persona === 'tweaker', 'the change is found');
    });

    it('marks a bot whose file is removed, and tells it', async () => {
      bed.write('one.yaml', botObject('a'));
      await bed.start({ watch: true });
      bed.erase('one.yaml');
      await eventually(() => bed.bot('a').deletion, 'the bot is to go');
      assert.deepEqual(bed.told.bots.at(-1), { key: 'default/a', live: true });
    });

    it('never takes half a file for the whole', async () => {
      const many = Array.from({ length: 50 }, (_, index) => botObject(`bot-${index}`));
      bed.write('many.yaml', ...many);
      await bed.start({ watch: true });
      const versions = () => many.map(({ metadata }) => bed.bot(metadata.name).version).join();
      const whole = () => bed.write('many.yaml', ...many);
      // A machine that stretches the pauses leaves the half file to be read twice: such a round proves nothing.
      for (let held = 0, round = 0; held < 5; round++) {
        assert.ok(round < 50, 'the pauses never held');
        const before = versions();
        const startedAt = performance.now();
        bed.write('many.yaml', '');
        await sleep(8);
        bed.write('many.yaml', 'kind: "Bot');
        await sleep(8);
        whole();
        const stretched = performance.now() - startedAt > 40;
        await sleep(100);
        if (stretched) continue;
        assert.equal(versions(), before);
        held += 1;
      }
      assert.deepEqual(bed.source.health(), { whole: true, problems: [] });
    });

    it('finds by its regular look what no event told', async () => {
      mkdirSync(join(bed.base, 'elsewhere'));
      bed.write('../elsewhere/a.yaml', botObject('a'));
      symlinkSync('../elsewhere/a.yaml', at('a.yaml'));
      await bed.start({ watch: true, rescanMs: 100 });
      bed.write('../elsewhere/a.yaml', botObject('a', { persona: 'tweaker' }));
      await eventually(() => bed.bot('a').spec?.persona === 'tweaker', 'the change is found');
    });

    it('tells those who use a Secret that it changed', async () => {
      const llm = { provider: 'openai', apiKey: { secretRef: { name: 'llm', key: 'k' } } };
      bed.write('secret.yaml', secretObject('llm', { k: 'one' }), secretObject('token', { k: 'one' }));
      bed.write('one.yaml', botObject('a', { llm }), botObject('b'));
      bed.write('two.yaml', accountObject('team', { tokenSecretRef: { name: 'token', key: 'k' } }));
      const source = await bed.start();
      const [bots, accounts] = [bed.told.bots.length, bed.told.accounts.length];
      bed.write('secret.yaml', secretObject('llm', { k: 'two' }), secretObject('token', { k: 'two' }));
      await source.rescan();
      assert.deepEqual(bed.told.bots.slice(bots), [{ key: 'default/a', live: true }]);
      assert.deepEqual(bed.told.accounts.slice(accounts), ['default/team']);
      assert.equal(await source.secret('default', { name: 'llm', key: 'k' }), 'two');
    });
  });
});
