import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { Subject } from '../../scripts/chaos/subject.ts';
import { type Evidence, sins } from '../../scripts/chaos/verdict.ts';
import type { JournalEntry } from '../../src/adapters/simulator/admin/journal.ts';

let subject: Subject;
beforeEach(() => {
  subject = new Subject('bot-0', 0);
});

function evidence(part: Partial<Evidence>): Evidence {
  return { subjects: [subject], stored: new Map(), droplets: [], lives: [], overlaps: [], ...part };
}

function life(id: number) {
  return { id, name: subject.dropletName, createdAt: id * 1_000 };
}

function entry(method: string, path: string, at: number, more: Partial<JournalEntry> = {}): JournalEntry {
  const base = { seq: 1, at, method, path, query: '', route: '', status: 204, durationMs: 1, dropletIDs: [] };
  return { ...base, outcome: 'response', ...more };
}

const texts = (...args: Parameters<typeof sins>) => sins(...args).map(({ text }) => text);

describe('the verdict on a storm', () => {
  it('finds nothing wrong with a bot created once', () => {
    assert.deepEqual(texts(evidence({ lives: [life(1)] }), [], 0), []);
  });

  it('finds a bot created once too often, and one never created', () => {
    assert.deepEqual(texts(evidence({ lives: [life(1), life(2)] }), [], 0), [
      'bot-0: created 2 times, 1 wanted',
    ]);
    subject.asks.push({ kind: 'redeploy', at: 0 });
    assert.deepEqual(texts(evidence({ lives: [life(1), life(2)] }), [], 0), []);
    assert.deepEqual(texts(evidence({ lives: [life(1)] }), [], 0), ['bot-0: created 1 times, 2 wanted']);
  });

  it('lets a bot that was destroyed have missed its last redeploy', () => {
    subject.asks.push({ kind: 'redeploy', at: 0 }, { kind: 'destroy', at: 0 });
    subject.declared = false;
    assert.deepEqual(texts(evidence({ lives: [life(1)] }), [], 0), []);
  });

  it('finds a droplet that nobody declared', () => {
    const lives = [life(1), { id: 2, name: 'stray', createdAt: 0 }];
    assert.deepEqual(texts(evidence({ lives }), [], 0), ['was created for no bot']);
  });

  it('finds a DELETE before it was asked for, by the clock of the cloud', () => {
    subject.asks.push({ kind: 'redeploy', at: 1_000 });
    const lives = [life(1), life(2)];
    const early = [entry('DELETE', '/v2/droplets/1', 1_500)];
    assert.deepEqual(texts(evidence({ lives }), early, 0), []);
    assert.deepEqual(texts(evidence({ lives }), early, 600), ['DELETE of 1 that nobody asked for']);
  });

  it('finds the DELETE of a second droplet where one was asked for; repeats of the first are harmless', () => {
    subject.asks.push({ kind: 'redeploy', at: 0 });
    const journal = ['1', '1', '2'].map((id, at) => entry('DELETE', `/v2/droplets/${id}`, 10 + at));
    const found = texts(evidence({ lives: [life(1), life(2)] }), journal, 0);
    assert.deepEqual(found, ['DELETE of 2 that nobody asked for']);
  });

  it('finds a destruction by tag', () => {
    const found = texts(evidence({ lives: [life(1)] }), [entry('DELETE', '/v2/droplets', 10)], 0);
    assert.deepEqual(found, ['DELETE of /v2/droplets that nobody asked for']);
  });

  it('finds a reboot that happened twice, refused ones not counted', () => {
    subject.reboots = 1;
    const about = { route: 'POST /v2/droplets/:id/actions', body: { type: 'reboot' }, dropletIDs: [1] };
    const reboot = (status: number) => entry('POST', '/v2/droplets/1/actions', 10, { ...about, status });
    assert.deepEqual(texts(evidence({ lives: [life(1)] }), [reboot(201), reboot(422)], 0), []);
    const found = texts(evidence({ lives: [life(1)] }), [reboot(201), reboot(201)], 0);
    assert.deepEqual(found, ['rebooted 2 times, 1 asked for']);
  });
});
