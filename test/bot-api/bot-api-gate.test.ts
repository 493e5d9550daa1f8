import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BotAPI } from '../../src/bot-api/bot-api.ts';
import { BotAPIGate } from '../../src/bot-api/bot-api-gate.ts';

const call = { botID: 'b', bearer: 't' };
const beat = { kind: 'beat', desiredConfigID: '1-x' } as const;
const behind = {
  heartbeat: () => beat,
  health: () => ({ ok: true, reasons: [] }),
  acknowledge: async () => ({ kind: 'acknowledged', configID: '1-x' }),
} as Partial<BotAPI> as BotAPI;

describe('BotAPIGate', () => {
  it('tells every call who leads, while this process does not', async () => {
    const gate = new BotAPIGate(() => '10.0.0.7:8443');
    const elsewhere = { kind: 'refused', reason: 'notLeading', forwardTo: '10.0.0.7:8443' };
    assert.deepEqual(gate.heartbeat(call), elsewhere);
    assert.deepEqual(await gate.register({ ...call, agentToken: undefined }), elsewhere);
    assert.deepEqual(await gate.config({ ...call, ifNoneMatch: undefined, waitMs: 9 }), elsewhere);
    assert.deepEqual(await gate.acknowledge({ ...call, configID: '1-x' }), elsewhere);
    assert.deepEqual(gate.health(), { ok: true, reasons: [] });
  });

  it('is not well while nobody is known to lead', () => {
    const gate = new BotAPIGate(() => undefined);
    assert.deepEqual(gate.heartbeat(call), { kind: 'refused', reason: 'notLeading' });
    assert.equal(gate.health().ok, false);
  });

  it('lets calls through from its opening until it is shut', async () => {
    const gate = new BotAPIGate(() => undefined);
    gate.open(behind);
    assert.deepEqual(gate.heartbeat(call), beat);
    assert.equal((await gate.acknowledge({ ...call, configID: '1-x' })).kind, 'acknowledged');
    assert.equal(gate.health().ok, true);
    gate.shut();
    assert.equal(gate.heartbeat(call).kind, 'refused');
  });
});
