import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyOutcome } from '../../../src/decide/apply-outcome.ts';
import { decide } from '../../../src/decide/decide.ts';
import type { Hearing } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import {
  agentOf,
  ago,
  catalogue,
  concluded,
  condition,
  dropletOf,
  enrolled,
  now,
  ownedInput,
  spec,
  told,
} from '../input-builder.ts';

const taken = { admitted: true } as const;

interface Case {
  readonly status?: Partial<BotStatus>;
  readonly declared?: BotSpec;
  readonly hindered?: string;
}

function inputOf(hearing: Partial<Hearing>, { status = enrolled, declared = spec, hindered }: Case = {}) {
  const agent = agentOf({}, hearing);
  const remediation =
    hindered === undefined ? taken : { admitted: false, reason: 'RemedyWaits', message: hindered };
  const input = { agent, actions: [], catalogue, slots: { remediation, destruction: taken } } as const;
  return ownedInput(dropletOf(), { status, spec: declared, input });
}

const heard = (hearing: Partial<Hearing>, one: Case = {}) => decide(inputOf(hearing, one)).status;
const health = (status: BotStatus) => {
  const found = condition(status, 'Healthy');
  return `${found?.status} ${found?.reason}`;
};

const stale = heard({ sinceHeardMs: 130_000 });
const healthy = heard({});

describe('health', () => {
  it('is good while heartbeats arrive', () => {
    assert.equal(health(healthy), 'True Heard');
    assert.equal(told(healthy), 'Ready=True Reconciling=False Stalled=False Running');
    assert.equal(healthy.phase, 'Online');
  });

  it('is bad after a timeout of silence: phase Error, and a person is told', () => {
    assert.equal(health(stale), 'False HeartbeatStale');
    assert.equal(stale.phase, 'Error');
    assert.equal(told(stale), 'Ready=False Reconciling=False Stalled=True HeartbeatStale');
    assert.match(condition(stale, 'Healthy')?.message ?? '', /over 120 s \(last heard 2026/);
  });

  it('counts beats of an agent whose droplet has not been seen to be active yet', () => {
    const input = { agent: agentOf({}, {}), catalogue };
    const booting = ownedInput(dropletOf({ status: 'new' }), { status: enrolled, spec, input });
    assert.equal(health(decide(booting).status), 'True Heard');
  });

  it('goes by the declared timeout', () => {
    const declared: BotSpec = { ...spec, health: { heartbeatTimeoutSeconds: 600 } };
    assert.equal(health(heard({ sinceHeardMs: 130_000 }, { declared })), 'True Heard');
  });

  it('is good again with the next heartbeat', () => {
    const back = heard({ sinceHeardMs: 0 }, { status: stale });
    assert.equal(health(back), 'True Heard');
    assert.equal(back.phase, 'Online');
  });

  it('of a stale bot stays bad over a failover until it is heard', () => {
    const silence = { sinceHeardMs: undefined, quietMs: 10_000 };
    assert.equal(health(heard(silence, { status: stale })), 'False HeartbeatStale');
  });

  it('of any other bot is not judged before a whole timeout since this process can hear', () => {
    const listening = { sinceHeardMs: undefined, quietMs: 119_000 };
    assert.equal(health(heard(listening, { status: healthy })), 'True Heard');
    assert.equal(health(heard(listening)), 'Unknown NotHeardYet');
    const over = { sinceHeardMs: undefined, quietMs: 120_000 };
    assert.equal(health(heard(over, { status: healthy })), 'False HeartbeatStale');
  });

  it('counts from the end of an outage, however long the silence was', () => {
    const resumed = { sinceHeardMs: 900_000, quietMs: 30_000 };
    assert.equal(health(heard(resumed, { status: healthy })), 'True Heard');
  });

  it('is not known while nobody at all is heard', () => {
    for (const sinceAnyHeardMs of [undefined, 120_000]) {
      const status = heard({ sinceHeardMs: 130_000, sinceAnyHeardMs }, { status: healthy });
      assert.equal(health(status), 'Unknown NobodyHeard');
      assert.equal(told(status), 'Ready=False Reconciling=True Stalled=False NobodyHeard');
    }
    const known = heard({ sinceHeardMs: 130_000, sinceAnyHeardMs: undefined }, { status: stale });
    assert.equal(health(known), 'False HeartbeatStale');
  });

  it('is no matter where no bot API is served, nor of a bot that is off', () => {
    const unserved = ownedInput(dropletOf(), { status: enrolled });
    assert.equal(condition(decide(unserved).status, 'Healthy'), undefined);
    const declared: BotSpec = { ...spec, powerState: 'Stopped' };
    const off = decide({
      ...inputOf({ sinceHeardMs: 900_000 }, { declared }),
      recorded: { kind: 'seen', droplet: dropletOf({ status: 'off' }), proven: true, confirmed: true },
    });
    assert.equal(health(off.status), 'Unknown NotListenedFor');
    assert.equal(off.status.phase, 'Paused');
    assert.equal(condition(off.status, 'Ready')?.status, 'True');
  });
});

describe('the time of a heartbeat', () => {
  it('is written when health changes, and else at most hourly', () => {
    assert.equal(heard({ sinceHeardMs: 1_000 }).lastHeartbeatTime, ago(1_000));
    const young = { ...healthy, lastHeartbeatTime: ago(3_599_000) };
    assert.equal(heard({}, { status: young }).lastHeartbeatTime, ago(3_599_000));
    const old = { ...healthy, lastHeartbeatTime: ago(3_600_000) };
    assert.equal(heard({}, { status: old }).lastHeartbeatTime, ago(5_000));
    assert.equal(heard({ sinceHeardMs: 130_000 }, { status: young }).lastHeartbeatTime, ago(130_000));
  });

  it('is looked at again in an hour', () => {
    const status = { ...healthy, lastHeartbeatTime: ago(600_000) };
    assert.equal(decide(inputOf({}, { status })).requeueAt, now + 3_000_000);
  });
});

describe('the remediation of silence', () => {
  const declared = (remediation: 'Reboot' | 'Replace'): BotSpec => ({ ...spec, health: { remediation } });
  const silent = { sinceHeardMs: 130_000 };

  it('is a reboot where that is declared, on record before it is sent', () => {
    const { effect, status } = decide(inputOf(silent, { declared: declared('Reboot') }));
    assert.deepEqual(effect, { kind: 'act', dropletID: 100, request: { type: 'reboot' } });
    assert.equal(status.operation?.type, 'Reboot');
    assert.deepEqual(status.remediations, { count: 1, lastAt: ago(0) });
    assert.equal(status.handledRequests?.reboot, undefined);
  });

  it('is a new droplet where that is declared, and the old token dies with the DELETE that is taken', () => {
    const { effect, status } = concluded(inputOf(silent, { declared: declared('Replace') }));
    if (effect?.kind !== 'destroy') assert.fail('nothing is destroyed');
    const after = applyOutcome(status, effect, { ok: true }, { now, generation: 1 }).status;
    assert.equal(after.registration, undefined);
    assert.deepEqual(status.remediations, { count: 1, lastAt: ago(0) });
  });

  it('comes after 10, then after 30 minutes, and a fourth time only a day later', () => {
    const tried = (count: number, minutes: number) =>
      decide(
        inputOf(silent, {
          declared: declared('Reboot'),
          status: { ...stale, remediations: { count, lastAt: ago(minutes * 60_000) } },
        }),
      ).effect !== undefined;
    assert.deepEqual([tried(1, 9), tried(1, 10), tried(2, 29), tried(2, 30)], [false, true, false, true]);
    assert.deepEqual([tried(3, 1_439), tried(3, 1_440)], [false, true]);
  });

  it('is not tried while many are silent together, nor while something hinders it', () => {
    const one = { declared: declared('Replace') };
    assert.equal(decide(inputOf({ ...silent, silentTogether: true }, one)).effect, undefined);
    const hindered = decide(inputOf(silent, { ...one, hindered: 'another is being replaced' }));
    assert.equal(hindered.effect, undefined);
    assert.equal(hindered.requeueAt, now + 60_000);
    assert.equal(hindered.status.phase, 'Error');
  });

  it('is none for a beat that is only late, however short the timeout is', () => {
    const strict: BotSpec = { ...spec, health: { remediation: 'Replace', heartbeatTimeoutSeconds: 60 } };
    const late = decide(inputOf({ sinceHeardMs: 61_000, quietMs: 61_000 }, { declared: strict }));
    assert.equal(health(late.status), 'False HeartbeatStale');
    assert.deepEqual([late.effect, late.requeueAt], [undefined, now + 60_000]);
    assert.equal(
      concluded(inputOf({ sinceHeardMs: 101_000, quietMs: 101_000 }, { declared: strict })).effect?.kind,
      'destroy',
    );
  });

  it('is none unless declared', () => {
    assert.equal(decide(inputOf(silent)).effect, undefined);
  });
});
