import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus, Operation } from '../../../src/model/spec/bot-status.ts';
import {
  ago,
  catalogue,
  concluded,
  condition,
  dropletOf,
  ownedInput,
  recordOf,
  spec,
  templateOf,
  told,
} from '../input-builder.ts';

const sized = (size: string, power: BotSpec['powerState'] = 'Running'): BotSpec => ({
  ...spec,
  powerState: power,
  droplet: { size },
});
const bigger = sized('s-2vcpu-2gb');
const from = sized('s-1vcpu-2gb');
const record = recordOf(dropletOf(), { template: templateOf(from) });

function resizing(step: Operation['step'], droplet = dropletOf(), ms = 1_000, declared = bigger): Input {
  const operation: Operation = {
    type: 'Resize',
    step,
    size: 's-2vcpu-2gb',
    startedAt: ago(ms),
    stepAt: ago(ms),
  };
  return ownedInput(droplet, { spec: declared, record, status: { operation }, input: { catalogue } });
}

function asked(
  declared: BotSpec,
  input: Partial<Input> = {},
  status: Partial<BotStatus> = {},
  droplet = dropletOf(),
): Input {
  return ownedInput(droplet, { spec: declared, record, status, input: { catalogue, ...input } });
}

const off = dropletOf({ status: 'off' });
const resized = dropletOf({ status: 'off', size: 's-2vcpu-2gb' });

describe('resize', () => {
  it('reads the catalogue before the power is touched', () => {
    assert.deepEqual(decide(asked(bigger, { catalogue: undefined })).look, { kind: 'catalogue' });
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['does not exist', 's-9vcpu', 'InvalidSize'],
    ['is not offered in the region', 's-2vcpu-4gb', 'SizeUnavailable'],
    ['is sold out', 's-sold-out', 'SizeUnavailable'],
  ];
  for (const [why, size, reason] of refused) {
    it(`leaves everything running when the size ${why}, and names valid ones`, () => {
      const decision = concluded(asked(sized(size)));
      assert.equal(decision.effect, undefined);
      assert.equal(decision.status.operation, undefined);
      assert.equal(condition(decision.status, 'Stalled')?.reason, reason);
      assert.match(condition(decision.status, 'Stalled')?.message ?? '', /s-2vcpu-2gb/);
      assert.notEqual(decision.requeueAt, undefined);
    });
  }

  it('needs a new droplet when the disk would have to shrink', () => {
    const decision = concluded(asked(sized('s-1vcpu-1gb')));
    assert.equal(decision.effect, undefined);
    assert.match(
      condition(decision.status, 'ReplacementNeeded')?.message ?? '',
      /disk of 25 GB, and the droplet one of 50 GB/,
    );
    assert.equal(condition(decision.status, 'Ready')?.status, 'True');
  });

  it('waits for the budget, and needs no person for that', () => {
    const decision = concluded(asked(bigger, { budgetLeftUSD: 5.99 }));
    assert.equal(told(decision.status), 'Ready=False Reconciling=True Stalled=False BudgetExceeded');
    assert.deepEqual(concluded(asked(bigger, { budgetLeftUSD: 6 })).effect?.kind, 'act');
  });

  it('goes off, resize without the disk, on; each step stored before its effect', () => {
    const begun = concluded(asked(bigger));
    assert.deepEqual(begun.effect, { kind: 'act', dropletID: 100, request: { type: 'shutdown' } });
    assert.equal(begun.status.operation?.step, 'Shutdown');
    const sent = decide(resizing('Shutdown', off));
    assert.deepEqual(sent.effect, {
      kind: 'act',
      dropletID: 100,
      request: { type: 'resize', size: 's-2vcpu-2gb', disk: false },
    });
    assert.equal(sent.status.operation?.step, 'Resize');
    const grown = concluded(resizing('Resize', resized));
    assert.deepEqual(grown.effect, { kind: 'act', dropletID: 100, request: { type: 'power_on' } });
    assert.equal(grown.status.droplet?.template?.size, 's-2vcpu-2gb');
    const done = concluded({
      ...resizing('PowerOn', { ...resized, status: 'active' }),
      bot: { ...resizing('PowerOn').bot, status: { ...grown.status } },
    });
    assert.equal(done.status.operation, undefined);
  });

  it('cuts the power of a guest that does not shut down', () => {
    const decision = decide(resizing('Shutdown', dropletOf(), 60_000));
    assert.deepEqual(decision.effect, { kind: 'act', dropletID: 100, request: { type: 'power_off' } });
  });

  it('leaves a bot off that is declared Stopped', () => {
    const stopped = sized('s-2vcpu-2gb', 'Stopped');
    const decision = concluded(resizing('Resize', resized, 1_000, stopped));
    assert.equal(decision.effect, undefined);
    assert.equal(told(decision.status), 'Ready=True Reconciling=False Stalled=False Stopped');
  });

  it('refused by the cloud ends in the declared power state and is not asked again for that spec', () => {
    const refusal = { what: 'resize', message: 'no', at: ago(1_000), count: 1, generation: 1 };
    const down = concluded(asked(bigger, {}, { refusal }, off));
    assert.deepEqual(down.effect, { kind: 'act', dropletID: 100, request: { type: 'power_on' } });
    const up = concluded(asked(bigger, {}, { refusal }));
    assert.equal(up.effect, undefined);
    assert.equal(condition(up.status, 'Stalled')?.reason, 'ResizeRefused');
  });

  it('that the cloud accepts and never carries out is given up after 15 minutes', () => {
    const decision = concluded(resizing('Resize', off, 900_001));
    assert.deepEqual(decision.effect, { kind: 'act', dropletID: 100, request: { type: 'power_on' } });
    assert.equal(decision.status.refusal?.what, 'resize');
  });

  it('that somebody else carried out is done at once, whatever was refused before or is sold out now', () => {
    for (const size of ['s-2vcpu-2gb', 's-sold-out']) {
      const refusal = { what: 'resize', message: 'no', at: ago(1_000), count: 1, generation: 1 };
      const here = asked(sized(size), { catalogue: undefined }, { refusal }, dropletOf({ size }));
      const decision = concluded(here);
      assert.equal(decision.effect, undefined);
      assert.equal(decision.look, undefined);
      assert.equal(decision.status.refusal, undefined);
      assert.equal(decision.status.droplet?.template?.size, size);
      assert.equal(told(decision.status), 'Ready=True Reconciling=False Stalled=False Running');
    }
  });

  it('under way that somebody else carried out meanwhile is done at once, with the power as declared', () => {
    const grown = concluded(resizing('Shutdown', { ...resized, status: 'active' }));
    assert.equal(grown.effect, undefined);
    assert.equal(grown.status.operation, undefined);
  });

  it('is given up while it has only touched the power, when another size is declared meanwhile', () => {
    for (const step of ['Shutdown', 'PowerOff'] as const) {
      const running = concluded(resizing(step, dropletOf(), 120_000, from));
      assert.deepEqual([running.effect, running.status.operation], [undefined, undefined]);
      const { effect } = concluded(resizing(step, off, 1_000, from));
      assert.equal(effect?.kind === 'act' && effect.request.type, 'power_on');
    }
    const { effect } = concluded(resizing('Resize', off, 1_000, from));
    assert.equal(effect?.kind === 'act' && effect.request.type, 'resize');
  });

  it('does not follow a new default', () => {
    const older = recordOf(dropletOf(), { template: { ...templateOf(), size: 's-1vcpu-1gb' } });
    const decision = concluded(ownedInput(dropletOf(), { record: older, input: { catalogue } }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.operation, undefined);
  });

  it('works on a droplet that was found without a record of what it was made from', () => {
    const { template: _, ...found } = recordOf(dropletOf());
    const decision = concluded(
      ownedInput(dropletOf(), { spec: bigger, record: found, input: { catalogue } }),
    );
    assert.equal(decision.status.operation?.type, 'Resize');
  });
});
