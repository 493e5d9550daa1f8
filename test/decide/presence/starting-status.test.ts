import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import { presentTimes } from '../../../src/decide/presence/starting-status.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import { agentOf, ago, botOf, dropletOf, inputOf, now, ownedInput, spec, uid } from '../input-builder.ts';

const hour = 3_600_000;
const ahead = ago(-hour);
const stopped: BotSpec = { ...spec, powerState: 'Stopped' };

describe('a stored time that lies in the future', () => {
  it('counts as now, wherever it stands, but for the droplet’s own', () => {
    const droplet = { ...ownedInput(dropletOf({ createdAt: ahead })).bot.status.droplet } as never;
    const status: BotStatus = {
      droplet,
      operation: { type: 'Stop', step: 'Shutdown', startedAt: ago(hour), stepAt: ahead },
      refusal: { what: 'create', message: 'no', at: ahead, count: 1, generation: 1 },
      replacements: { count: 1, lastAt: ahead },
      remediations: { count: 1, lastAt: ago(5) },
      registration: { tokens: [{ sha256: 'a', issuedAt: ago(1), runningSince: ahead }] },
    };
    assert.deepEqual(presentTimes(status, now, []), {
      droplet,
      operation: { type: 'Stop', step: 'Shutdown', startedAt: ago(hour), stepAt: ago(0) },
      refusal: { what: 'create', message: 'no', at: ago(0), count: 1, generation: 1 },
      replacements: { count: 1, lastAt: ago(0) },
      remediations: { count: 1, lastAt: ago(5) },
      registration: { tokens: [{ sha256: 'a', issuedAt: ago(1), runningSince: ago(0) }] },
    });
  });

  it('changes nothing, not even the object, where none does, or only by the seconds that clocks differ', () => {
    const status: BotStatus = { lastHeartbeatTime: ago(-4_000), replacements: { count: 1, lastAt: ago(0) } };
    assert.equal(presentTimes(status, now, []), status);
  });

  it('is stored as now, so that a back-off ends at its time from then on', () => {
    const refusal = { what: 'create', message: 'no', at: ahead, count: 1, generation: 1 };
    const bot = botOf({ pristine: false, status: { ownerUID: uid, refusal } });
    const decision = decide(inputOf({ bot }));
    assert.equal(decision.status.refusal?.at, ago(0));
    assert.equal(decision.requeueAt, now + 60_000);
    const later = { now: now + 60_000, bot: { ...bot, status: decision.status } };
    assert.equal(decide(inputOf(later)).effect?.kind, 'create');
  });

  it('delays no step of an operation that another process began', () => {
    const operation = { type: 'Stop', step: 'Shutdown', startedAt: ahead, stepAt: ahead } as const;
    const owned = ownedInput(dropletOf(), { spec: stopped, status: { operation } });
    const first = decide(owned);
    assert.equal(first.requeueAt, now + 60_000);
    const bot = { ...owned.bot, status: first.status };
    const cut = decide({ ...owned, now: now + 60_000, bot });
    assert.deepEqual(cut.effect, { kind: 'act', dropletID: 100, request: { type: 'power_off' } });
  });
});

describe('a time of the cloud', () => {
  it('is compared with the cloud’s clock alone', () => {
    for (const offset of [hour, -hour]) {
      const cloud = { ...inputOf().cloud, time: now + offset };
      const createdAt = ago(60_000 - offset);
      const served = { spec: stopped, input: { agent: agentOf(), cloud } };
      assert.equal(decide(ownedInput(dropletOf({ createdAt }), served)).requeueAt, now + 14 * 60_000);
      const untagged = dropletOf({ createdAt, tags: [] });
      assert.equal(decide(ownedInput(untagged, { input: { cloud } })).effect, undefined);
      assert.equal(decide(ownedInput(untagged, { input: { cloud } })).requeueAt, now + 60_000);
    }
  });
});
