import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { Problem } from '../../../src/model/problem.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import {
  ago,
  botOf,
  condition,
  convergedInput,
  dropletOf,
  inputOf,
  now,
  ownedInput,
  spec,
  told,
} from '../input-builder.ts';

const stopped: BotSpec = { ...spec, powerState: 'Stopped' };
const problem: Problem = {
  where: 'heron.yaml:4:12',
  field: 'spec.persona',
  rule: 'must be known',
  value: '"x"',
};

describe('the conditions that kstatus reads', () => {
  it('say Ready when the declared power state is reached: running, or stopped and off', () => {
    assert.equal(told(decide(convergedInput()).status), 'Ready=True Reconciling=False Stalled=False Running');
    assert.equal(
      told(decide(convergedInput({}, stopped)).status),
      'Ready=True Reconciling=False Stalled=False Stopped',
    );
  });

  it('say Reconciling, with the reason, while waiting for quota, a slot or the rate limit', () => {
    const grant = { granted: false, reason: 'QuotaExceeded', message: 'full', stalled: false } as const;
    assert.equal(
      told(decide(inputOf({ grant })).status),
      'Ready=False Reconciling=True Stalled=False QuotaExceeded',
    );
    const create = { admitted: false, reason: 'RateLimited', message: 'later' } as const;
    assert.equal(
      told(decide(inputOf({ slots: { create } })).status),
      'Ready=False Reconciling=True Stalled=False RateLimited',
    );
  });

  it('say Reconciling while the droplet boots or has no address', () => {
    const booting = ownedInput(dropletOf({ status: 'new', createdAt: ago(60_000) }));
    assert.equal(told(decide(booting).status), 'Ready=False Reconciling=True Stalled=False Booting');
    const { publicIPv4: _, ...unaddressed } = dropletOf();
    const decision = decide(ownedInput(unaddressed));
    assert.equal(told(decision.status), 'Ready=False Reconciling=True Stalled=False NoAddress');
    assert.equal(decision.watch, 100);
  });

  it('say Stalled for what needs a person: a bad spec', () => {
    const decision = decide(convergedInput({ bot: { ...convergedInput().bot, problems: [problem] } }));
    assert.equal(told(decision.status), 'Ready=False Reconciling=False Stalled=True InvalidSpec');
    assert.match(
      condition(decision.status, 'Stalled')?.message ?? '',
      /heron.yaml:4:12: spec.persona must be known, got "x"/,
    );
  });

  it('are told of each bot as they turn, but for what holds many alike', () => {
    const bad = { bot: { ...convergedInput().bot, problems: [problem] }, held: 'recreate' } as const;
    const reasons = (input: Input) => decide(input).notes.map(({ reason }) => reason);
    assert.deepEqual(reasons(convergedInput(bad)), ['InvalidSpec']);
    assert.deepEqual(reasons(inputOf({ held: 'recreate' })), []);
  });

  it('never say Reconciling and Stalled at once', () => {
    const { status } = decide(inputOf({ held: 'recreate' }));
    assert.equal(condition(status, 'Reconciling')?.status, 'False');
    assert.equal(condition(status, 'Stalled')?.status, 'True');
  });
});

describe('a condition', () => {
  it('keeps its transition time until its status flips', () => {
    const first = decide(convergedInput()).status;
    const later = { ...convergedInput(), now: now + 60_000 };
    const second = decide({ ...later, bot: { ...later.bot, status: first } }).status;
    assert.equal(condition(second, 'Ready')?.lastTransitionTime, ago(0));
    const off = {
      ...later,
      recorded: { kind: 'seen', droplet: dropletOf({ status: 'off' }), proven: true, confirmed: true },
    } as const;
    const third = decide({ ...off, bot: { ...later.bot, status: first } }).status;
    assert.equal(condition(third, 'Ready')?.lastTransitionTime, new Date(now + 60_000).toISOString());
    assert.equal(condition(third, 'QuotaGranted')?.lastTransitionTime, ago(0));
  });

  it('is about a generation that never goes back', () => {
    const input = convergedInput();
    const bot = { ...input.bot, status: { ...input.bot.status, observedGeneration: 7 } };
    assert.equal(decide({ ...input, bot }).status.observedGeneration, 7);
    assert.equal(decide({ ...input, bot: { ...bot, generation: 9 } }).status.observedGeneration, 9);
  });

  it('message is cut so that every store takes it', () => {
    const message = 'x'.repeat(5_000);
    const cloud = {
      identity: undefined,
      viewed: false,
      blocked: { reason: 'CloudUnavailable', message, stalled: false },
    };
    assert.equal(condition(decide(inputOf({ cloud })).status, 'Ready')?.message.length, 1_000);
  });
});

describe('a bad declaration', () => {
  it('leaves the bot as its last good spec says, and goes on looking after it', () => {
    const input = ownedInput(dropletOf({ status: 'off' }), { bot: { problems: [problem] } });
    const decision = decide(input);
    assert.deepEqual(decision.effect, { kind: 'act', dropletID: 100, request: { type: 'power_on' } });
    assert.equal(condition(decision.status, 'Stalled')?.reason, 'InvalidSpec');
  });

  it('that never had a good one does nothing', () => {
    const decision = decide(inputOf({ bot: botOf({ spec: undefined, problems: [problem] }) }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.phase, 'Error');
  });

  it('in two places is acted on in neither', () => {
    const duplicate: Problem = {
      where: 'a.yaml, b.yaml',
      field: 'metadata.name',
      rule: 'is declared twice',
      duplicate: true,
    };
    const decision = decide(inputOf({ bot: botOf({ problems: [duplicate] }) }));
    assert.equal(decision.effect, undefined);
    assert.equal(told(decision.status), 'Ready=False Reconciling=False Stalled=True InvalidSpec');
    const off = ownedInput(dropletOf({ status: 'off' }), { bot: { problems: [duplicate] } });
    assert.equal(decide(off).effect, undefined);
  });
});
