import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentBed } from './agent-bed.ts';

/** More steps than the protocol takes: the last deaths come when all is done. */
const mostSteps = 30;

describe('agents of a controller that dies', () => {
  it('come to the same end, whichever step it dies at; what they were told stays true', async (test) => {
    const ends = new Set<string>();
    for (let step = 1; step <= mostSteps; step += 1) {
      const bed = new AgentBed(test, { seed: step });
      bed.bot('heron');
      await bed.started();
      await bed.restartedToDie(step);
      const told = await bed.speakUntilDeath('heron');
      ends.add(JSON.stringify(told));
      await bed.restarted();
      if (told.registered) {
        const writes = bed.writes;
        assert.equal((await bed.register('heron')).kind, 'registered', `step ${step}`);
        assert.equal(bed.writes, writes, `step ${step}: the answer was given before it was stored`);
      }
      if (told.acknowledged)
        assert.ok(bed.record('heron').status.appliedConfig, `step ${step}: acknowledged, but not stored`);
      const thief = await bed.register('heron', { agentToken: 't'.repeat(64) });
      const isFirst = !told.registered && thief.kind === 'registered';
      assert.ok(isFirst || thief.kind === 'refused', `step ${step}: two agents for one token`);
      if (isFirst) bed.useToken('heron', 't'.repeat(64));
      await bed.enrol('heron');
      assert.equal(bed.ready('heron'), 'True Running', `step ${step}`);
      assert.equal(bed.dropletIDs.length, 1);
      bed.close();
    }
    assert.equal(ends.size, 3, 'deaths before, amid and after the protocol');
  });
});
