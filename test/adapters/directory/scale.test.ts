import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Declarations } from '../../../src/adapters/directory/files/declarations.ts';
import { botObject } from '../../contract/source-bed.ts';
import { patience } from '../../lab/patience.ts';
import { DirectoryBed } from './directory-bed.ts';

const BOTS = 10_000;
const perFile = 100;

/** The bounds are ten times what a free machine takes: they find what has gone wrong, not what is slow today. */
describe('ten thousand bots', () => {
  const bed = new DirectoryBed();

  before(async () => {
    for (let first = 0; first < BOTS; first += perFile) {
      const objects = Array.from({ length: perFile }, (_, index) =>
        botObject(`bot-${first + index}`, { persona: 'tweaker', droplet: { region: 'nyc3' } }),
      );
      bed.write(`bots-${first}.yaml`, ...objects);
    }
    const since = performance.now();
    await bed.start({ synchronous: 'FULL' });
    console.log(`first start, everything parsed: ${(performance.now() - since).toFixed(0)} ms`);
    await bed.source.stop();
  });
  after(() => bed.close());

  it('are known again within a second of a restart', async () => {
    const since = performance.now();
    await bed.start({ synchronous: 'FULL' });
    const took = performance.now() - since;
    console.log(`restart: ${took.toFixed(0)} ms`);
    assert.equal(bed.told.bots.length, BOTS);
    assert.ok(took < 6000 * patience);
  });

  it('cost next to nothing to look at again', () => {
    const declarations = new Declarations(bed.directory, undefined);
    const look = () => {
      const steps = declarations.look(false);
      while (!steps.next().done);
      declarations.rest();
    };
    look();
    const since = process.cpuUsage();
    for (let round = 0; round < 10; round++) look();
    const { user, system } = process.cpuUsage(since);
    console.log(
      `a look at ${BOTS / perFile} unchanged files: ${((user + system) / 10_000).toFixed(2)} ms of CPU`,
    );
    assert.ok(user + system < 1_000_000 * patience);
  });
});
