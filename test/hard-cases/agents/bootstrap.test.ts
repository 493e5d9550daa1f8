import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { BootstrapReport } from '../../../src/model/agent-report.ts';
import { AgentBed } from './agent-bed.ts';

const failed = (...failedSteps: string[]): BootstrapReport => ({ running: false, failedSteps });

async function enrolled(test: TestContext) {
  const bed = new AgentBed(test);
  bed.bot('heron');
  await bed.started();
  await bed.enrol('heron');
  assert.equal(bed.ready('heron'), 'True Running');
  return bed;
}

/** Half an hour of beats with one and the same report. */
async function beats(bed: AgentBed, report: BootstrapReport | undefined) {
  bed.beating.clear();
  for (let beat = 0; beat < 60; beat += 1) {
    bed.beat('heron', report);
    await bed.settle();
    await bed.pass(30_000);
  }
}

describe('a droplet whose bootstrap failed though its agent beats', () => {
  it('is not Ready until the agent reports the step mended; one write for a change, none for a repeat', async (test) => {
    const bed = await enrolled(test);
    const report = failed('global npm packages', 'customizer');
    const before = bed.writes;
    bed.beat('heron', report);
    await bed.settle();
    assert.equal(bed.ready('heron'), 'False BootstrapFailed');
    assert.equal(bed.told('heron', 'Bootstrapped'), 'False BootstrapFailed');
    assert.equal(bed.record('heron').status.phase, 'Error');
    assert.equal(bed.writes, before + 1);
    await beats(bed, report);
    assert.equal(bed.writes, before + 1);
    assert.equal(bed.logs.filter((line) => line.includes('BootstrapFailed')).length, 1);

    bed.beat('heron', failed('customizer'));
    await bed.settle();
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.told('heron', 'Bootstrapped'), 'False BootstrapIncomplete');
    await bed.pass(30_000);
    bed.beat('heron', failed());
    await bed.settle();
    assert.equal(bed.told('heron', 'Bootstrapped'), 'True BootstrapComplete');
  });

  it('stays so over a restart, and for an agent that beats without a word of it', async (test) => {
    const bed = await enrolled(test);
    bed.beat('heron', failed('node'));
    await bed.settle();
    await bed.restarted(1_000);
    await beats(bed, undefined);
    assert.equal(bed.ready('heron'), 'False BootstrapFailed');
  });

  it('is reported by the registration itself, so that such a bot is never Ready in between', async (test) => {
    const bed = new AgentBed(test);
    bed.bot('heron');
    await bed.started();
    await bed.register('heron', { bootstrap: failed('curl') });
    assert.equal(bed.ready('heron'), 'False BootstrapFailed');
    await bed.enrol('heron');
    assert.equal(bed.ready('heron'), 'False BootstrapFailed');
  });

  it('is forgotten with the droplet: the next one starts with a clean slate', async (test) => {
    const bed = await enrolled(test);
    bed.beat('heron', failed('node'));
    await bed.settle();
    bed.bot('heron', { redeployRequest: 'now' });
    await bed.rescan();
    assert.equal(bed.record('heron').status.bootstrap, undefined);
    bed.beating.clear();
    await bed.pass(60_000);
    bed.useToken('heron', 'n'.repeat(64));
    await bed.enrol('heron');
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.record('heron').status.bootstrap, undefined);
  });

  it('is stored all the same when the store refuses the first write', async (test) => {
    const bed = await enrolled(test);
    bed.refusedWrites = 1;
    bed.beat('heron', failed('node'));
    await bed.settle();
    await bed.pass(60_000);
    assert.equal(bed.ready('heron'), 'False BootstrapFailed');
  });
});
