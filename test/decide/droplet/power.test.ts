import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { Operation } from '../../../src/model/spec/bot-status.ts';
import {
  agentOf,
  ago,
  allSent,
  concluded,
  condition,
  dropletOf,
  enrolled,
  now,
  ownedInput,
  spec,
  told,
} from '../input-builder.ts';

const stopped: BotSpec = { ...spec, powerState: 'Stopped' };
const off = dropletOf({ status: 'off' });
const on = dropletOf();
const opened = (type: 'Start' | 'Stop', step: Operation['step'], ms: number): Operation => ({
  ...{ type, step, startedAt: ago(ms), stepAt: ago(ms) },
});
const act = (type: string) => ({ kind: 'act', dropletID: 100, request: { type } });

function during(operation: Operation, droplet = on, declared = stopped, input: Partial<Input> = {}): Input {
  return ownedInput(droplet, { spec: declared, status: { operation }, input });
}

describe('power', () => {
  it('starts a droplet that is off against its declaration, with the claim stored', () => {
    const decision = decide(ownedInput(off));
    assert.deepEqual(decision.effect, act('power_on'));
    assert.equal(decision.status.operation?.type, 'Start');
    assert.equal(decision.watch, 100);
  });

  it('calls it drift only when nobody has just asked for it', () => {
    assert.deepEqual(decide(ownedInput(off)).drift, [{ kind: 'PoweredOff', stage: 'found' }]);
    assert.deepEqual(decide(ownedInput(off, { bot: { generation: 2 } })).drift, []);
  });

  it('asks a droplet that is declared Stopped to shut down', () => {
    const decision = decide(ownedInput(on, { spec: stopped }));
    assert.deepEqual(decision.effect, act('shutdown'));
    assert.equal(decision.status.operation?.type, 'Stop');
  });

  it('calls a bot that is being shut down what it was, until its droplet is off', () => {
    assert.equal(decide(ownedInput(on, { spec: stopped })).status.phase, 'Online');
    assert.equal(decide(ownedInput(off, { spec: stopped })).status.phase, 'Paused');
  });

  it('waits for the grace period, then cuts the power', () => {
    const waiting = decide(
      during(opened('Stop', 'Shutdown', 20_000), on, stopped, { effects: allSent(20_000) }),
    );
    assert.equal(waiting.effect, undefined);
    assert.equal(waiting.requeueAt, now + 40_000);
    const cut = decide(during(opened('Stop', 'Shutdown', 60_000)));
    assert.deepEqual(cut.effect, act('power_off'));
    assert.equal(cut.status.operation?.step, 'PowerOff');
  });

  it('counts the grace period from when it asked, not by a wall clock that jumped ahead or back meanwhile', () => {
    for (const wallMs of [3_600_000, -3_600_000]) {
      const after = (ms: number) =>
        decide(during(opened('Stop', 'Shutdown', wallMs), on, stopped, { effects: allSent(ms) }));
      assert.equal(after(20_000).effect, undefined);
      assert.equal(after(20_000).requeueAt, now + 40_000);
      assert.deepEqual(after(60_000).effect, act('power_off'));
    }
  });

  it('cuts the power however the shutdown ended, and repeats that too', () => {
    const input = during(opened('Stop', 'PowerOff', 31_000), on, stopped, { effects: allSent(31_000) });
    assert.deepEqual(decide(input).effect, act('power_off'));
    assert.equal(decide({ ...input, effects: allSent(5_000) }).effect, undefined);
  });

  it('is done when the droplet shows the declared state', () => {
    const decision = concluded(during(opened('Stop', 'PowerOff', 5_000), off));
    assert.equal(decision.status.operation, undefined);
    assert.equal(told(decision.status), 'Ready=True Reconciling=False Stalled=False Stopped');
    assert.equal(decision.status.phase, 'Paused');
    const started = concluded(during(opened('Start', 'PowerOn', 5_000), on, spec));
    assert.equal(told(started.status), 'Ready=True Reconciling=False Stalled=False Running');
  });

  it('turns round when the declaration changes its mind midway', () => {
    const stopping = concluded(during(opened('Stop', 'Shutdown', 5_000), on, spec));
    assert.equal(stopping.effect, undefined);
    assert.equal(stopping.status.operation, undefined);
    assert.deepEqual(concluded(during(opened('Stop', 'Shutdown', 5_000), off, spec)).effect, act('power_on'));
    assert.deepEqual(
      concluded(during(opened('Start', 'PowerOn', 5_000), on, stopped)).effect,
      act('shutdown'),
    );
  });

  it('sends what a new operation needs although the last one sent the same a moment ago', () => {
    assert.deepEqual(
      decide(ownedInput(on, { spec: stopped, input: { effects: allSent(5_000) } })).effect,
      act('shutdown'),
    );
    assert.deepEqual(decide(ownedInput(off, { input: { effects: allSent(5_000) } })).effect, act('power_on'));
  });

  it('ends without a droplet: another one is made instead', () => {
    const input = during(opened('Start', 'PowerOn', 5_000), off, spec, { recorded: { kind: 'gone' } });
    assert.equal(concluded(input).effect?.kind, 'create');
    assert.equal(concluded(input).status.operation, undefined);
  });

  it('leaves a droplet alone that boots', () => {
    const booting = dropletOf({ status: 'new', createdAt: ago(60_000) });
    const decision = decide(ownedInput(booting, { spec: stopped }));
    assert.equal(decision.effect, undefined);
    assert.equal(condition(decision.status, 'Ready')?.reason, 'Booting');
  });

  it('stops a bot that is being set up only after it registered, or after 15 minutes', () => {
    const young = dropletOf({ createdAt: ago(60_000) });
    const served = { spec: stopped, input: { agent: agentOf() } };
    const waiting = decide(ownedInput(young, served));
    assert.equal(waiting.effect, undefined);
    assert.equal(waiting.requeueAt, now + 14 * 60_000);
    assert.deepEqual(
      decide(ownedInput(dropletOf({ createdAt: ago(900_000) }), served)).effect,
      act('shutdown'),
    );
    assert.deepEqual(decide(ownedInput(young, { ...served, status: enrolled })).effect, act('shutdown'));
  });
});
