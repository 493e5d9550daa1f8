import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { ConfigObservation } from '../../../src/decide/input.ts';
import type { Report } from '../../../src/model/agent-report.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import {
  agentHash,
  agentOf,
  ago,
  condition,
  configHash,
  dropletOf,
  enrolled,
  ownedInput,
  told,
} from '../input-builder.ts';

const other: ConfigObservation = { kind: 'known', hash: 'd'.repeat(32) };
const acknowledge = (configID: string, agentSHA256 = agentHash): Report => ({
  ...{ kind: 'acknowledge', agentSHA256, configID },
});

function decided(status: Partial<BotStatus>, config: ConfigObservation, reports: readonly Report[] = []) {
  return decide(ownedInput(dropletOf(), { status, input: { agent: agentOf({ config, reports }) } }));
}

describe('the desired config', () => {
  const known: ConfigObservation = { kind: 'known', hash: configHash };

  it('is version 1 at first, and its id names the content', () => {
    const { status } = decided({}, known);
    assert.deepEqual(status.desiredConfig, { id: `1-${configHash}`, version: 1, since: ago(0) });
    assert.deepEqual(status.issuedConfigs, [`1-${configHash}`]);
  });

  it('stays the same while the content does', () => {
    const { status } = decided(enrolled, known);
    assert.deepEqual(status.desiredConfig, enrolled.desiredConfig);
    assert.deepEqual(status.issuedConfigs, enrolled.issuedConfigs);
  });

  it('is another one after a change, and touches no droplet', () => {
    const { status, effect } = decided(enrolled, other);
    assert.equal(effect, undefined);
    assert.equal(status.desiredConfig?.id, `2-${'d'.repeat(32)}`);
    assert.equal(told(status), 'Ready=False Reconciling=True Stalled=False ConfigPending');
    assert.equal(status.phase, 'Online');
  });

  it('has another id when an old content comes back: that must be acknowledged again', () => {
    const second = decided(enrolled, other).status;
    const third = decided(second, known).status;
    assert.equal(third.desiredConfig?.id, `3-${configHash}`);
    assert.equal(condition(third, 'ConfigApplied')?.status, 'False');
  });

  it('is remembered with the nine before it', () => {
    let status: Partial<BotStatus> = enrolled;
    for (let change = 0; change < 12; change += 1)
      status = decided(status, { kind: 'known', hash: String(change) }).status;
    assert.equal(status.issuedConfigs?.length, 10);
    assert.equal(status.issuedConfigs?.at(-1), '13-11');
    assert.equal(status.issuedConfigs?.[0], '4-2');
  });

  it('stays while a secret is missing; that is told, and clears by itself', () => {
    const missing: ConfigObservation = {
      kind: 'problem',
      reason: 'SecretMissing',
      message: 'no',
      stalled: true,
    };
    const { status } = decided(enrolled, missing);
    assert.deepEqual(status.desiredConfig, enrolled.desiredConfig);
    assert.equal(condition(status, 'ConfigApplied')?.reason, 'SecretMissing');
    assert.equal(told(status), 'Ready=False Reconciling=False Stalled=True SecretMissing');
    assert.equal(told(decided(status, known).status), 'Ready=True Reconciling=False Stalled=False Running');
  });
});

describe('an acknowledgement', () => {
  const second = decided(enrolled, other).status;

  it('of the desired config makes it the applied one', () => {
    const { status, answers } = decided(second, other, [acknowledge(second.desiredConfig?.id ?? '')]);
    assert.deepEqual(answers, [{ kind: 'acknowledged' }]);
    assert.equal(status.appliedConfig?.version, 2);
    assert.equal(told(status), 'Ready=True Reconciling=False Stalled=False Running');
  });

  it('may be repeated, and then changes nothing', () => {
    const { status, answers } = decided(enrolled, { kind: 'known', hash: configHash }, [
      acknowledge(`1-${configHash}`),
    ]);
    assert.deepEqual(answers, [{ kind: 'acknowledged' }]);
    assert.deepEqual(status.appliedConfig, enrolled.appliedConfig);
  });

  it('of an earlier config is stale', () => {
    const { answers } = decided(second, other, [acknowledge(`1-${configHash}`)]);
    const desiredConfigID = second.desiredConfig?.id;
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'staleConfig', desiredConfigID }]);
  });

  it('of the config that changes in the same pass is stale', () => {
    const { status, answers } = decided(enrolled, other, [acknowledge(`1-${configHash}`)]);
    assert.equal(answers[0]?.kind === 'refused' && answers[0].reason, 'staleConfig');
    assert.deepEqual(status.appliedConfig, enrolled.appliedConfig);
  });

  it('of a config that was never issued is of an unknown one', () => {
    const { answers } = decided(second, other, [acknowledge('7-x')]);
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'unknownConfig' }]);
  });

  it('by an agent whose token is dead is refused', () => {
    const { answers } = decided(second, other, [acknowledge(`1-${configHash}`, 'e'.repeat(64))]);
    assert.deepEqual(answers, [{ kind: 'refused', reason: 'unauthorised' }]);
  });

  it('is impossible while the bot is being deleted', () => {
    const input = ownedInput(dropletOf(), {
      status: enrolled,
      bot: { deletion: { requestedAt: ago(0), implicit: false } },
      input: { agent: agentOf({ reports: [acknowledge(`1-${configHash}`)] }) },
    });
    const [answer] = decide(input).answers;
    assert.equal(answer?.kind === 'refused' && answer.reason, 'impossibleState');
  });
});
