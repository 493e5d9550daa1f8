import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AgentBed } from './agent-bed.ts';

const unavailable = { kind: 'refused', reason: 'unavailable', retryAfterMs: 2_000 };

async function booted(test: TestContext) {
  const bed = new AgentBed(test);
  bed.bot('heron');
  await bed.started();
  return bed;
}

describe('an answer to an agent', () => {
  it('says so when the store takes too long; the same call again has the same end', async (test) => {
    const bed = await booted(test);
    bed.writeMs = 15_000;
    assert.deepEqual(await bed.register('heron'), unavailable);
    bed.writeMs = 0;
    await bed.pass(30_000);
    assert.equal((await bed.register('heron')).kind, 'registered');
    await bed.enrol('heron');
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('waits for the write, however many agents speak at once', async (test) => {
    const bed = new AgentBed(test);
    const names = bed.bots(20);
    await bed.started();
    bed.writeMs = 500;
    const answers = names.map((name) => bed.register(name));
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      assert.equal(answer.kind, 'registered');
      assert.ok(bed.record(names[index] ?? '').status.registration?.agent);
    }
  });

  it('shows no config before its id is stored', async (test) => {
    const bed = await booted(test);
    await bed.enrol('heron');
    bed.beating.clear();
    const before = bed.record('heron').status.desiredConfig?.id;
    bed.writeMs = 2_000;
    bed.bot('heron', { persona: 'tweaker' });
    const scanned = bed.rescan();
    const served = bed.poll('heron', undefined, 0);
    const stored = served.then(() => bed.record('heron').status.desiredConfig?.id);
    const answer = await bed.answer(served);
    await scanned;
    const id = answer.kind === 'config' ? answer.body.id : undefined;
    assert.equal(id, await stored);
    if (answer.kind === 'config' && answer.body.persona === 'tweaker') assert.notEqual(id, before);
  });

  it('is not waited for by more than may wait', async (test) => {
    const bed = await booted(test);
    await bed.enrol('heron');
    const { etag } = (await bed.config('heron')) as { etag: string };
    const waiting = Array.from({ length: 100 }, () => bed.poll('heron', etag, 60_000));
    await bed.settle();
    assert.equal(bed.api.longPolls, 100);
    const began = bed.clock.monotonic();
    assert.deepEqual(await bed.answer(bed.poll('heron', etag, 60_000)), { kind: 'notModified', etag });
    assert.equal(bed.clock.monotonic(), began);
    bed.api.close();
    assert.equal((await Promise.all(waiting)).length, 100);
  });
});
