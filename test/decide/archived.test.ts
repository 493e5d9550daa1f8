import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import { ago, catalogue, concluded, condition, dropletOf, ownedInput, spec, told } from './input-builder.ts';

const archived = dropletOf({ status: 'archive', tags: [] });

describe('a droplet that the cloud has archived', () => {
  it('makes its bot Stalled at once, and is left as it is, whatever differs', () => {
    const differing: readonly BotSpec[] = [
      spec,
      { ...spec, powerState: 'Stopped' },
      { ...spec, rebootRequest: 'r1' },
      { ...spec, droplet: { size: 's-2vcpu-2gb' } },
      { ...spec, droplet: { region: 'fra1', replacePolicy: 'Automatic' } },
    ];
    for (const declared of differing) {
      const decision = concluded(ownedInput(archived, { spec: declared, input: { catalogue, actions: [] } }));
      assert.equal(decision.effect, undefined);
      assert.equal(decision.look, undefined);
      assert.equal(told(decision.status), 'Ready=False Reconciling=False Stalled=True Archived');
      assert.equal(condition(decision.status, 'DropletReady')?.reason, 'Archived');
    }
  });

  it('stays with the operation that was under way, which goes on when it is back', () => {
    const operation = { type: 'Start', step: 'PowerOn', startedAt: ago(9), stepAt: ago(9) } as const;
    const decision = concluded(ownedInput(archived, { status: { operation } }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.operation?.type, 'Start');
  });

  it('goes when a person asks for another one, or deletes the bot', () => {
    const redeploy = ownedInput(archived, { spec: { ...spec, redeployRequest: 'r1' }, input: { catalogue } });
    assert.equal(concluded(redeploy).effect?.kind, 'destroy');
    const deletion = { requestedAt: ago(10_000), implicit: false };
    assert.equal(concluded(ownedInput(archived, { bot: { deletion } })).effect?.kind, 'destroy');
  });
});
