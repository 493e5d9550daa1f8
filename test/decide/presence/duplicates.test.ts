import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input, OtherDroplet } from '../../../src/decide/input.ts';
import { fleetTag } from '../../../src/model/identity.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import type { Droplet } from '../../../src/ports/cloud.ts';
import {
  ago,
  allSent,
  attemptOf,
  born,
  botOf,
  concluded,
  condition,
  dropletOf,
  fleetID,
  inputOf,
  ownedInput,
  recordOf,
  told,
  uid,
} from '../input-builder.ts';

const recorded = born(2);
const late = born(1, { id: 200, createdAt: ago(60_000) });

/** A bot on its second create, whose droplet 100 lives, beside `others`. */
function beside(
  others: readonly Droplet[],
  changes: Partial<Input> = {},
  status: Partial<BotStatus> = {},
): Input {
  return ownedInput(recorded, {
    record: recordOf(recorded, { birth: 2 }),
    status: { births: 2, ...status },
    input: { others: others.map((droplet) => ({ droplet, confirmed: true })), ...changes },
  });
}

const orderOf = (input: Input) => {
  const { effect } = concluded(input);
  return effect?.kind === 'destroy' ? effect.dropletID : effect?.kind;
};

/** A bot without a droplet on record, beside `others`. */
function without(others: readonly Droplet[], status: BotStatus = {}): Input {
  const confirmed = others.map((droplet): OtherDroplet => ({ droplet, confirmed: true }));
  const bot = botOf({ pristine: false, status: { ownerUID: uid, handledRequests: {}, ...status } });
  return inputOf({ bot, others: confirmed });
}

describe('a droplet of a create that was answered late, beside the recorded one', () => {
  it('is destroyed as a duplicate, though it is older', () => {
    const { effect } = concluded(beside([late]));
    assert.deepEqual(effect, {
      ...{ kind: 'destroy', dropletID: 200, cause: 'Duplicate', stays: 100 },
      why: 'it is a duplicate of 100',
    });
  });

  it('is destroyed only once a GET of this pass has shown it, and the one that stays', () => {
    const unread = { kind: 'seen', droplet: recorded, proven: true, confirmed: false } as const;
    const input = beside([late], { recorded: unread });
    assert.deepEqual(decide(input).look, { kind: 'droplet', dropletID: 100 });
    const others = [{ droplet: late, confirmed: false }];
    assert.deepEqual(decide(beside([], { others })).look, { kind: 'droplet', dropletID: 200 });
  });

  it('stays while the recorded one answers 404: it may be all that is left', () => {
    const miss = { spanMs: 0, agoMs: 1_000, unlisted: false };
    const { effect } = concluded(beside([late], { recorded: { kind: 'missing', miss } }));
    assert.equal(effect, undefined);
  });

  it('stays while an operation on the bot is open, or a create is in doubt', () => {
    const at = ago(1_000);
    const operation = { type: 'Stop', step: 'Shutdown', startedAt: at, stepAt: at } as const;
    assert.notEqual(concluded(beside([late], {}, { operation })).steps[0]?.effect?.kind, 'destroy');
    const attempt = { elapsedMs: 1, lookUps: 1, sinceLastLookMs: 0, lookedAfterWindow: false };
    const doubtful = { createAttempt: attemptOf({ knownDropletIDs: [200], birth: 3 }), births: 3 };
    assert.equal(orderOf(beside([late], { attempt }, doubtful)), undefined);
  });

  it('is destroyed one order at a time, repeated after 30 s while it lives', () => {
    const recent = decide(beside([late], { effects: allSent(10_000) }));
    assert.equal(recent.effect, undefined);
    assert.equal(recent.watch, 200);
    assert.equal(orderOf(beside([late], { effects: allSent(30_000) })), 200);
  });

  it('waits for a slot among what nobody asked for, and is held when there is none', () => {
    const { look } = concluded(beside([late], { slots: {} }));
    assert.deepEqual(look, { kind: 'slot', slot: 'destruction', dropletID: 200 });
    const destruction = { admitted: false, reason: 'DestructionHeld', message: 'many' } as const;
    const { effect, status } = concluded(beside([late], { slots: { destruction } }));
    assert.equal(effect, undefined);
    assert.equal(condition(status, 'Stalled')?.reason, 'DestructionHeld');
  });

  it('stays while the cloud contradicts itself, or the state is older than the fleet', () => {
    const alarm = { reason: 'CloudIncident', message: 'odd' };
    assert.equal(orderOf(beside([late], { incident: alarm })), undefined);
    assert.equal(orderOf(beside([late], { oldState: alarm })), undefined);
  });

  it('is judged only once it is active, or a quarter of an hour old: its tags may come late', () => {
    const young = dropletOf({ id: 200, status: 'new', tags: [], createdAt: ago(60_000) });
    assert.equal(orderOf(beside([young])), undefined);
    assert.equal(condition(decide(beside([young])).status, 'UnknownDroplet'), undefined);
    const old = { ...young, createdAt: ago(16 * 60_000) };
    assert.equal(condition(decide(beside([old])).status, 'UnknownDroplet')?.status, 'True');
  });
});

describe('a droplet of the recorded one’s birth, or of a later one', () => {
  for (const [what, droplet] of [
    ['a later one', born(3, { id: 200 })],
    ['the same one', born(2, { id: 200 })],
  ] as const) {
    it(`stops everything until a person decides: ${what}`, () => {
      const input = beside([droplet], {}, {});
      const spec = { ...input.bot.spec, accountRef: { name: 'acme' }, redeployRequest: 'now' };
      const decision = concluded({ ...input, bot: { ...input.bot, spec } });
      assert.equal(decision.effect, undefined);
      assert.equal(told(decision.status), 'Ready=False Reconciling=False Stalled=True FleetForked');
      const message = condition(decision.status, 'Stalled')?.message ?? '';
      assert.match(message, /clawfleet resolve default\/heron --keep ID/);
      assert.match(message, /200 \(birth/);
    });

    it(`is not destroyed with its bot before that: ${what}`, () => {
      const input = beside([droplet]);
      const bot = { ...input.bot, deletion: { requestedAt: ago(5_000), implicit: false } };
      assert.equal(concluded({ ...input, bot }).effect, undefined);
    });

    it(`goes when a person keeps the recorded one: ${what}`, () => {
      const { effect } = concluded(beside([droplet], { keep: 100 }));
      assert.deepEqual(effect?.kind === 'destroy' && [effect.dropletID, effect.cause], [200, 'Resolved']);
    });

    it(`is the bot’s own when a person keeps it, and the recorded one goes: ${what}`, () => {
      const decision = concluded(beside([droplet], { keep: 200 }));
      assert.equal(decision.status.droplet?.id, 200);
      const next = beside([recorded], { keep: 200 });
      const status = { ...next.bot.status, ...decision.status };
      const sight = { kind: 'seen', droplet, proven: true, confirmed: true } as const;
      assert.equal(orderOf({ ...next, bot: { ...next.bot, status }, recorded: sight }), 100);
    });
  }

  it('is nobody’s to destroy without the fleet’s tag, whatever a person keeps', () => {
    const stranger = {
      ...born(1, { id: 200 }),
      tags: born(1).tags.filter((tag) => tag !== fleetTag(fleetID)),
    };
    assert.equal(orderOf(beside([stranger], { keep: 100 })), undefined);
  });

  it('stops everything though somebody named a droplet that is neither', () => {
    const decision = concluded(beside([born(3, { id: 200 })], { keep: 999 }));
    assert.equal(condition(decision.status, 'Stalled')?.reason, 'FleetForked');
  });
});

describe('a droplet that was counted as lost, beside the one that was made in its place', () => {
  const returned = born(1, { id: 200 });
  const afterLoss = { knownDropletIDs: [200], replacements: { count: 1, lastAt: ago(60_000) } };

  it('is not destroyed as a duplicate: a person says which of them the bot keeps', () => {
    const decision = concluded(beside([returned], {}, afterLoss));
    assert.equal(decision.effect, undefined);
    assert.equal(told(decision.status), 'Ready=False Reconciling=False Stalled=True FleetForked');
    assert.match(condition(decision.status, 'Stalled')?.message ?? '', /200, in whose place it was made/);
  });

  it('is the bot’s own again when a person keeps it, and goes when a person keeps the other one', () => {
    assert.equal(concluded(beside([returned], { keep: 200 }, afterLoss)).status.droplet?.id, 200);
    const { effect } = concluded(beside([returned], { keep: 100 }, afterLoss));
    assert.deepEqual(effect?.kind === 'destroy' && [effect.dropletID, effect.cause], [200, 'Resolved']);
  });

  it('goes with its bot, without a question', () => {
    const input = beside([returned], {}, afterLoss);
    const bot = { ...input.bot, deletion: { requestedAt: ago(5_000), implicit: false } };
    assert.equal(orderOf({ ...input, bot }), 200);
  });

  it('is a duplicate where it was replaced on request', () => {
    assert.equal(orderOf(beside([returned], {}, { knownDropletIDs: [200] })), 200);
    const older = { knownDropletIDs: [200, 300], replacements: { count: 1, lastAt: ago(60_000) } };
    assert.equal(orderOf(beside([returned], {}, older)), 200);
  });
});

describe('a droplet of this bot’s name without a birth', () => {
  const restored = dropletOf({ id: 200 });
  const stranger = dropletOf({ id: 200, tags: [] });

  it('is left alone beside the recorded one, and shown with what to do', () => {
    for (const droplet of [restored, stranger]) {
      const { effect, status } = concluded(beside([droplet]));
      assert.equal(effect, undefined);
      assert.equal(condition(status, 'Ready')?.status, 'True');
      assert.match(
        condition(status, 'UnknownDroplet')?.message ?? '',
        /200.*clawfleet resolve default\/heron --keep 200/,
      );
    }
  });

  it('survives the deletion of its bot', () => {
    const input = beside([restored]);
    const bot = { ...input.bot, deletion: { requestedAt: ago(5_000), implicit: false } };
    assert.equal(orderOf({ ...input, bot }), 100);
    const gone = without([restored], { knownDropletIDs: [100], births: 2 });
    const deleted = { ...gone.bot, deletion: { requestedAt: ago(5_000), implicit: false } };
    assert.equal(concluded({ ...gone, bot: deleted }).effect?.kind, 'release');
  });

  it('is used instead of the recorded one when a person keeps it', () => {
    assert.equal(concluded(beside([restored], { keep: 200 })).status.droplet?.id, 200);
  });

  it('is taken over when the bot has none, if it carries the fleet’s tag', () => {
    assert.equal(concluded(without([restored])).status.droplet?.id, 200);
    assert.equal(concluded(without([stranger])).status.droplet, undefined);
  });

  it('is not what a redeploy makes, and is left alone by it', () => {
    const at = ago(1_000);
    const operation = {
      type: 'Redeploy',
      step: 'Create',
      requestID: 'one',
      startedAt: at,
      stepAt: at,
    } as const;
    const { effect } = concluded(without([restored], { operation, births: 1, knownDropletIDs: [100] }));
    assert.equal(effect?.kind, 'create');
    const { status } = decide(without([born(2, { id: 200 })], { operation, births: 1 }));
    assert.equal(status.droplet?.id, 200);
  });
});

describe('a bot without a droplet on record', () => {
  it('takes over the newest birth, and its record follows', () => {
    const { status } = concluded(without([born(3, { id: 300 }), born(7, { id: 700 })], { births: 2 }));
    assert.deepEqual([status.droplet?.id, status.droplet?.birth, status.births], [700, 7, 7]);
  });

  it('takes over the one whose agent registered before any other', () => {
    const agent = {
      ...{ sha256: 'a'.repeat(64), registrationSHA256: 'b'.repeat(64), registeredAt: ago(30_000) },
      ...{ attemptID: 'third', birth: 3 },
    };
    const status = { registration: { tokens: [], agent }, births: 4 };
    const decided = decide(without([born(3, { id: 300 }), born(4, { id: 400 })], status)).status;
    assert.deepEqual([decided.droplet?.id, decided.droplet?.attemptID], [300, 'third']);
  });

  it('knows the agent’s droplet by the times, where births were not counted yet', () => {
    const others = [dropletOf({ id: 200, createdAt: ago(60_000) }), dropletOf({ createdAt: ago(600_000) })];
    const agent = {
      ...{ sha256: 'a'.repeat(64), registrationSHA256: 'b'.repeat(64), registeredAt: ago(30_000) },
      ...{ attemptID: 'second', tokenIssuedAt: ago(62_000) },
    };
    assert.equal(decide(without(others, { registration: { tokens: [], agent } })).status.droplet?.id, 200);
  });

  it('goes on with nothing that was under way with another droplet', () => {
    const at = ago(1_000);
    const operation = { type: 'Stop', step: 'PowerOff', startedAt: at, stepAt: at } as const;
    const { status, effect } = decide(without([born(1)], { operation }));
    assert.deepEqual([status.droplet?.id, status.operation, effect], [100, undefined, undefined]);
  });

  it('takes nothing over that no GET of this pass has shown', () => {
    const input = { ...without([]), others: [{ droplet: born(1), confirmed: false }] };
    assert.deepEqual(decide(input).look, { kind: 'droplet', dropletID: 100 });
  });

  it('creates nothing while one of its name cannot be judged yet', () => {
    const young = dropletOf({ status: 'new', tags: [fleetTag(fleetID)], createdAt: ago(1_000) });
    const { effect, status, watch } = concluded(without([young]));
    assert.deepEqual([effect, watch], [undefined, 100]);
    assert.equal(condition(status, 'Ready')?.reason, 'Observing');
  });
});
