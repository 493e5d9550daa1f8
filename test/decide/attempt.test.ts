import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../src/decide/decide.ts';
import type { AttemptWatch, Input } from '../../src/decide/input.ts';
import type { CreateAttempt } from '../../src/model/spec/bot-status.ts';
import {
  ago,
  attemptOf,
  botOf,
  concluded,
  condition,
  dropletOf,
  inputOf,
  now,
  templateOf,
  uid,
} from './input-builder.ts';

function doubtful(input: Partial<Input> = {}, attempt: Partial<CreateAttempt> = {}): Input {
  const status = { ownerUID: uid, handledRequests: {}, placeHeld: true, createAttempt: attemptOf(attempt) };
  return inputOf({ bot: botOf({ pristine: false, status }), ...input });
}

const watch = (changes: Partial<AttemptWatch> = {}): AttemptWatch => ({
  elapsedMs: 10_000,
  lookUps: 1,
  sinceLastLookMs: 0,
  lookedAfterWindow: false,
  ...changes,
});
const fresh = dropletOf({ createdAt: ago(9_000) });

describe('a create in doubt', () => {
  it('is looked for by name at once', () => {
    assert.deepEqual(decide(doubtful({ attempt: watch({ lookUps: 0, sinceLastLookMs: undefined }) })).look, {
      kind: 'name',
    });
  });

  it('is found, with the template that was asked for, and not yet proven by being seen', () => {
    const [first] = concluded(doubtful({ others: [{ droplet: fresh, confirmed: false }] })).steps;
    assert.equal(first?.status.droplet?.id, 100);
    assert.deepEqual(first?.status.droplet?.template, templateOf());
    assert.equal(first?.status.droplet?.seen, false);
    assert.equal(first?.status.createAttempt, undefined);
  });

  it('takes the oldest of two', () => {
    const younger = dropletOf({ id: 99, createdAt: ago(2_000) });
    const others = [younger, fresh].map((droplet) => ({ droplet, confirmed: false }));
    assert.equal(decide(doubtful({ others })).status.droplet?.id, 100);
  });

  it('does not take a droplet known before it', () => {
    const input = doubtful(
      { others: [{ droplet: fresh, confirmed: false }], attempt: watch() },
      { knownDropletIDs: [100] },
    );
    assert.equal(decide(input).status.droplet, undefined);
  });

  it('does not take a droplet made more than a minute before it, but allows for clocks a minute apart', () => {
    const at = (ms: number) => [{ droplet: dropletOf({ createdAt: ago(10_000 + ms) }), confirmed: false }];
    assert.equal(decide(doubtful({ others: at(60_001), attempt: watch() })).status.droplet, undefined);
    assert.equal(decide(doubtful({ others: at(60_000), attempt: watch() })).status.droplet?.id, 100);
  });

  it('is looked for after 1, 2, 4, 8, then every 15 s', () => {
    for (const [lookUps, seconds] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [4, 8],
      [5, 15],
      [9, 15],
    ] as const) {
      assert.equal(decide(doubtful({ attempt: watch({ lookUps }) })).requeueAt, now + seconds * 1_000);
    }
  });

  it('is looked for once more as soon as the window ends', () => {
    const nearly = watch({ elapsedMs: 119_000, lookUps: 9 });
    assert.equal(decide(doubtful({ attempt: nearly })).requeueAt, now + 1_000);
    assert.deepEqual(decide(doubtful({ attempt: { ...nearly, elapsedMs: 120_000 } })).look, { kind: 'name' });
  });

  it('is over only after two whole look-ups, the last of them begun after the window', () => {
    const settled = watch({ elapsedMs: 120_001, lookUps: 2, lookedAfterWindow: true });
    for (const unsettled of [
      { ...settled, lookUps: 1 },
      { ...settled, lookedAfterWindow: false },
    ]) {
      assert.notEqual(decide(doubtful({ attempt: unsettled })).status.createAttempt, undefined);
    }
    const decision = decide(doubtful({ attempt: settled }));
    assert.equal(decision.status.createAttempt, undefined);
    assert.equal(decision.again, true);
  });

  it('tells until when it is looked for, and needs no person', () => {
    const { status } = decide(doubtful({ attempt: watch() }));
    assert.match(condition(status, 'Reconciling')?.message ?? '', /until 2026-03-01T12:01:50/);
    assert.equal(condition(status, 'Stalled')?.status, 'False');
    assert.equal(status.phase, 'Provisioning');
  });

  it('keeps its finalizer when the bot is deleted, until it is settled', () => {
    const input = doubtful({ attempt: watch() });
    const bot = { ...input.bot, deletion: { requestedAt: ago(0), implicit: false } };
    assert.equal(decide({ ...input, bot }).effect, undefined);
    const settled = watch({ elapsedMs: 120_001, lookUps: 2, lookedAfterWindow: true });
    assert.equal(concluded({ ...input, bot, attempt: settled }).effect?.kind, 'release');
  });

  it('is destroyed when it is found after its bot was deleted', () => {
    const input = doubtful({ others: [{ droplet: fresh, confirmed: false }] });
    const bot = { ...input.bot, deletion: { requestedAt: ago(0), implicit: false } };
    const found = decide({ ...input, bot });
    const decision = decide({
      ...input,
      bot: { ...bot, status: found.status },
      others: [],
      recorded: { kind: 'seen', droplet: fresh, proven: true, confirmed: true },
    });
    assert.deepEqual(decision.effect, {
      kind: 'destroy',
      dropletID: 100,
      cause: 'Deletion',
      why: 'its bot is deleted',
    });
  });
});
