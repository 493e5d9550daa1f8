import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { Operation } from '../../../src/model/spec/bot-status.ts';
import type { CloudAction } from '../../../src/ports/cloud.ts';
import { ago, botOf, concluded, dropletOf, inputOf, now, ownedInput, spec, uid } from '../input-builder.ts';

const asked: BotSpec = { ...spec, rebootRequest: 'r2' };
const rebooting = { kind: 'act', dropletID: 100, request: { type: 'reboot' } };
const handled = { handledRequests: { reboot: 'r1' } };

function claimed(ms: number, input: Partial<Input> = {}, droplet = dropletOf(), known = [1]): Input {
  const operation: Operation = {
    knownActionIDs: known,
    type: 'Reboot',
    step: 'Reboot',
    requestID: 'r2',
    startedAt: ago(ms),
    stepAt: ago(ms),
  };
  return ownedInput(droplet, { spec: asked, status: { ...handled, operation }, input });
}

const action = (id: number, type = 'reboot', startedAt = ago(0)): CloudAction => ({
  ...({ id, type, status: 'completed', startedAt, dropletID: 100 } as const),
});
const settled = { elapsedMs: 121_000, lookUps: 5, sinceLastLookMs: 0, lookedAfterWindow: true };

describe('a reboot request', () => {
  it('looks once at the droplet’s actions before it is claimed', () => {
    const decision = decide(ownedInput(dropletOf(), { spec: asked, status: handled }));
    assert.deepEqual(decision.look, { kind: 'actions', dropletID: 100 });
  });

  it('is claimed with the reboots there were, and sent in one pass', () => {
    const actions = [action(5), action(4, 'resize'), action(3)];
    const decision = decide(ownedInput(dropletOf(), { spec: asked, status: handled, input: { actions } }));
    assert.deepEqual(decision.status.operation?.knownActionIDs, [5, 3]);
    assert.deepEqual(decision.effect, rebooting);
    assert.equal(decision.status.operation?.requestID, 'r2');
    assert.deepEqual(decision.status.handledRequests, { reboot: 'r1' });
  });

  it('is carried out once', () => {
    const done = ownedInput(dropletOf(), { spec: asked, status: { handledRequests: { reboot: 'r2' } } });
    assert.equal(decide(done).effect, undefined);
  });

  it('does nothing to a droplet that is off, or when there is none', () => {
    const off = ownedInput(dropletOf({ status: 'off' }), {
      spec: { ...asked, powerState: 'Stopped' },
      status: handled,
    });
    assert.equal(concluded(off).effect, undefined);
    assert.equal(concluded(off).status.handledRequests?.reboot, 'r2');
    const bot = botOf({
      pristine: false,
      spec: { ...asked, powerState: 'Stopped' },
      status: { ownerUID: uid, ...handled },
    });
    assert.equal(concluded(inputOf({ bot })).status.handledRequests?.reboot, 'r2');
  });

  it('waits for a droplet that boots', () => {
    const decision = decide(ownedInput(dropletOf({ status: 'new' }), { spec: asked, status: handled }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.handledRequests?.reboot, 'r1');
  });

  it('in doubt is looked up among the droplet’s actions', () => {
    assert.deepEqual(decide(claimed(10_000)).look, { kind: 'actions', dropletID: 100 });
  });

  it('counts as done by a reboot that was not there before the claim, whatever the cloud’s clock says', () => {
    for (const startedAt of [ago(9_000), ago(7_200_000), ago(-7_200_000)]) {
      const decision = concluded(claimed(10_000, { actions: [action(2, 'reboot', startedAt), action(1)] }));
      assert.equal(decision.effect, undefined);
      assert.equal(decision.status.handledRequests?.reboot, 'r2');
      assert.equal(decision.status.operation, undefined);
    }
  });

  it('that an earlier release claimed counts as done by whatever reboot there is', () => {
    const { bot, ...input } = claimed(10_000, { actions: [action(1)] });
    const { knownActionIDs: _, ...operation } = bot.status.operation as Operation;
    const decision = concluded({ ...input, bot: { ...bot, status: { ...bot.status, operation } } });
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.handledRequests?.reboot, 'r2');
    assert.equal(decision.status.operation, undefined);
  });

  it('is not done by an earlier one, or by one of another type', () => {
    for (const other of [action(1), action(2, 'power_cycle')]) {
      const decision = decide(
        claimed(10_000, { actions: [other], attempt: { ...settled, lookedAfterWindow: false } }),
      );
      assert.equal(decision.effect, undefined);
      assert.equal(decision.status.operation?.type, 'Reboot');
    }
  });

  it('is sent again once the settling window has passed, under a claim of its own', () => {
    const decision = decide(claimed(130_000, { actions: [], attempt: settled }));
    assert.deepEqual(decision.effect, rebooting);
    assert.equal(decision.status.operation?.stepAt, ago(0));
    assert.equal(decision.status.operation?.startedAt, ago(130_000));
  });

  it('is sent at once, under the claim there is, where its POST certainly never left', () => {
    const input = claimed(3_000, { attempt: { ...settled, elapsedMs: 3_000, unsent: true } });
    const decision = decide(input);
    assert.deepEqual(decision.effect, rebooting);
    assert.deepEqual(decision.status.operation, input.bot.status.operation);
  });

  it('reads the actions again at least every 15 s while in doubt', () => {
    const early = { elapsedMs: 1_000, lookUps: 1, sinceLastLookMs: 0, lookedAfterWindow: false };
    assert.equal(decide(claimed(1_000, { actions: [], attempt: early })).requeueAt, now + 15_000);
  });

  it('is not applicable any more when the droplet went off meanwhile', () => {
    const decision = concluded(claimed(1_000, {}, dropletOf({ status: 'off' })));
    assert.equal(decision.status.handledRequests?.reboot, 'r2');
    assert.deepEqual(decision.effect, { kind: 'act', dropletID: 100, request: { type: 'power_on' } });
  });
});
