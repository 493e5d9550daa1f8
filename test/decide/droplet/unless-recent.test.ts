import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { RecentEffect } from '../../../src/decide/effect.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { Operation } from '../../../src/model/spec/bot-status.ts';
import type { CloudAction } from '../../../src/ports/cloud.ts';
import { ago, concluded, condition, dropletOf, now, ownedInput, spec, told } from '../input-builder.ts';

const minute = 60_000;
const off = dropletOf({ status: 'off' });
const powerOn = { kind: 'act', dropletID: 100, request: { type: 'power_on' } };
const powerOff = { kind: 'act', dropletID: 100, request: { type: 'power_off' } };

function starting(input: Partial<Input> = {}, changes: Partial<Operation> = {}): Input {
  const operation: Operation = {
    ...{ type: 'Start', step: 'PowerOn', startedAt: ago(minute), stepAt: ago(minute), actionID: 7 },
    ...changes,
  };
  return ownedInput(off, { status: { operation }, input });
}

function action(ms: number, status: CloudAction['status'] = 'in-progress', id = 7): Input['action'] {
  return { id, status, startedAt: ago(ms) };
}

const sent = (sinceMs: number, times = 1): RecentEffect[] => [
  { signature: 'power_on 100', sinceMs, times, actionID: 7 },
];
/** As a pass has it that has read the droplet too. */
const unread = { recorded: { kind: 'seen', droplet: off, proven: true, confirmed: false } } as const;

describe('an action in progress', () => {
  it('is read before its order is repeated, after a restart too', () => {
    for (const effects of [sent(30_000), []])
      assert.deepEqual(decide(starting({ effects })).look, { kind: 'action', actionID: 7 });
    assert.equal(decide(starting({ effects: sent(29_000) })).look, undefined);
    assert.deepEqual(decide(starting({ action: action(0, 'completed', 6) })).look, {
      ...{ kind: 'action', actionID: 7 },
    });
  });

  it('is waited for, and read again ever later, at most every minute', () => {
    for (const [age, next] of [
      [1_000, 5_000],
      [31_000, 31_000],
      [5 * minute, minute],
    ] as const) {
      const decision = decide(starting({ effects: sent(age), action: action(age) }));
      assert.equal(decision.effect, undefined);
      if (age >= 30_000) assert.equal(decision.requeueAt, now + next);
      assert.equal(condition(decision.status, 'Ready')?.reason, 'Starting');
    }
    assert.equal(decide(starting({ action: action(1_000) })).requeueAt, now + 5_000);
  });

  it('is told by its id after 15 minutes, once, and its droplet polled no more', () => {
    const stuck = decide(starting({ action: action(15 * minute) }));
    assert.equal(told(stuck.status), 'Ready=False Reconciling=False Stalled=True ActionStuck');
    assert.match(condition(stuck.status, 'Stalled')?.message ?? '', /^Action 7 \(power_on of droplet 100\)/);
    assert.deepEqual([stuck.effect, stuck.watch, stuck.requeueAt], [undefined, undefined, now + minute]);
    const first = starting({ action: action(20 * minute) });
    const later = decide({
      ...first,
      bot: { ...first.bot, status: stuck.status },
      action: action(15 * minute),
    });
    assert.deepEqual(later.notes, []);
  });

  it('that has ended without effect lets its order be repeated, once the droplet was read', () => {
    for (const status of ['completed', 'errored'] as const) {
      const input = { effects: sent(31_000), action: action(minute, status) };
      assert.deepEqual(decide(starting({ ...input, ...unread })).look, { kind: 'droplet', dropletID: 100 });
      assert.deepEqual(decide(starting(input)).effect, powerOn);
    }
  });

  it('that shut the droplet down is not followed by cutting the power while it lasts', () => {
    const stopped: BotSpec = { ...spec, powerState: 'Stopped' };
    const operation: Operation = {
      ...{ type: 'Stop', step: 'Shutdown', startedAt: ago(minute), stepAt: ago(minute), actionID: 7 },
    };
    const stopping = (input: Partial<Input>) =>
      decide(ownedInput(dropletOf(), { spec: stopped, status: { operation }, input }));
    assert.deepEqual(stopping({}).look, { kind: 'action', actionID: 7 });
    assert.equal(stopping({ action: action(minute) }).effect, undefined);
    assert.deepEqual(stopping({ action: action(minute, 'errored') }).effect, powerOff);
  });

  it('that resizes is waited for beyond the patience with a resize', () => {
    const operation: Operation = {
      ...{ type: 'Resize', step: 'Resize', size: 's-2vcpu-2gb', actionID: 7 },
      ...{ startedAt: ago(16 * minute), stepAt: ago(16 * minute) },
    };
    const resizing = (status: CloudAction['status']) =>
      concluded(ownedInput(off, { status: { operation }, input: { action: action(16 * minute, status) } }));
    assert.equal(condition(resizing('in-progress').status, 'Ready')?.reason, 'ActionStuck');
    assert.equal(resizing('errored').status.refusal?.what, 'resize');
  });
});

describe('an order without effect', () => {
  it('is repeated ever more slowly, and told after five times in a row', () => {
    const after = (sinceMs: number, times: number) =>
      decide(
        starting(
          { effects: sent(sinceMs, times), action: action(minute, 'completed') },
          { startedAt: ago(10 * minute), stepAt: ago(10 * minute) },
        ),
      );
    assert.equal(after(59_000, 2).effect, undefined);
    assert.equal(after(59_000, 2).requeueAt, now + 1_000);
    assert.deepEqual(after(60_000, 2).effect, powerOn);
    assert.equal(after(299_000, 5).effect, undefined);
    assert.equal(told(after(1_000, 5).status), 'Ready=False Reconciling=False Stalled=True NoEffect');
    assert.deepEqual(after(300_000, 5).effect, powerOn);
  });
});
