import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import { keyTag } from '../../../src/model/identity.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import {
  ago,
  botOf,
  catalogue,
  concluded,
  condition,
  dropletOf,
  inputOf,
  now,
  spec,
  told,
  uid,
} from '../input-builder.ts';

const admission = { admitted: false, reason: 'WaitingForSlot', message: 'wait' } as const;
const refusal = { what: 'create', message: 'no such size', at: ago(1_000), count: 1, generation: 1 };
const owned = { ownerUID: uid, handledRequests: {} };
const withStatus = (status: BotStatus) => ({
  bot: botOf({ pristine: false, status: { ...owned, ...status } }),
});

/** Every gate shut at once; opening them one by one shows their order. */
const allShut: Partial<Input> = {
  cloud: { identity: undefined, viewed: false },
  createsForbidden: { reason: 'UnknownFleet', message: 'whose?' },
  held: 'recreate',
  grant: { granted: false, reason: 'QuotaExceeded', message: 'full', stalled: false },
  budgetLeftUSD: 1,
  catalogue,
  slots: { create: admission },
  ...withStatus({ refusal, replacements: { count: 3, lastAt: ago(1_000) } }),
};

const steps: readonly { readonly opened: Partial<Input>; readonly next: string }[] = [
  { opened: {}, next: 'Observing' },
  { opened: { cloud: inputOf().cloud }, next: 'UnknownFleet' },
  { opened: { createsForbidden: undefined }, next: 'MassRecreationHeld' },
  { opened: { held: undefined }, next: 'CreateRefused' },
  { opened: withStatus({ replacements: { count: 3, lastAt: ago(1_000) } }), next: 'QuotaExceeded' },
  { opened: { grant: { granted: true } }, next: 'BudgetExceeded' },
  { opened: { budgetLeftUSD: 12 }, next: 'BackingOff' },
  { opened: withStatus({}), next: 'WaitingForSlot' },
  { opened: { slots: { create: { admitted: true } } }, next: 'Creating' },
];

describe('creation', () => {
  it('passes its gates in order: view, fleet, hold, refusal, quota, budget, losses, slot', () => {
    let input = inputOf(allShut);
    for (const { opened, next } of steps) {
      input = { ...input, ...opened };
      const { status, effect } = decide(input);
      assert.equal(condition(status, 'Ready')?.reason, next);
      assert.equal(effect?.kind, next === 'Creating' ? 'create' : undefined);
    }
  });

  it('takes one pass without any look for a pristine bot', () => {
    const decision = decide(inputOf());
    assert.equal(decision.look, undefined);
    assert.equal(decision.effect?.kind, 'create');
  });

  it('asks for a slot once every other gate is open, and not before', () => {
    assert.equal(decide(inputOf({ slots: {}, held: 'recreate' })).look, undefined);
    const { look, effect } = decide(inputOf({ slots: {} }));
    assert.deepEqual({ look, effect }, { look: { kind: 'slot', slot: 'create' }, effect: undefined });
  });

  it('does not happen while the bot is declared Stopped, which is as it should be', () => {
    const decision = decide(inputOf({ bot: botOf({ spec: { ...spec, powerState: 'Stopped' } }) }));
    assert.equal(decision.effect, undefined);
    assert.equal(told(decision.status), 'Ready=True Reconciling=False Stalled=False Stopped');
  });

  it('asks for prices only where there is a budget', () => {
    assert.deepEqual(decide(inputOf({ budgetLeftUSD: 100 })).look, { kind: 'catalogue' });
    assert.equal(decide(inputOf({ budgetLeftUSD: 100, catalogue })).effect?.kind, 'create');
  });

  it('lets a replacement have what it had, whatever the budget has become', () => {
    const input = inputOf({ budgetLeftUSD: 0, catalogue, ...withStatus({ knownDropletIDs: [7] }) });
    assert.equal(decide(input).effect?.kind, 'create');
  });

  it('tries again at once when the spec that was refused has changed', () => {
    const bot = botOf({ pristine: false, generation: 2, status: { ...owned, refusal } });
    assert.equal(decide(inputOf({ bot })).effect?.kind, 'create');
  });

  it('repeats a refused create after 1, 2, 4 and at most 60 minutes', () => {
    for (const [count, minutes] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [7, 60],
      [40, 60],
    ] as const) {
      const decision = decide(inputOf(withStatus({ refusal: { ...refusal, at: ago(0), count } })));
      assert.equal(decision.requeueAt, now + minutes * 60_000);
      assert.equal(condition(decision.status, 'Stalled')?.status, 'True');
    }
  });

  it('gives a droplet that is lost again and again up after three tries, and remembers for a day', () => {
    const after = (count: number, ms: number) =>
      decide(inputOf(withStatus({ replacements: { count, lastAt: ago(ms) } })));
    assert.equal(after(1, 0).effect?.kind, 'create');
    assert.equal(after(2, 59_000).requeueAt, now + 1_000);
    assert.equal(after(3, 300_000).effect?.kind, 'create');
    assert.equal(condition(after(4, 600_000).status, 'Stalled')?.reason, 'LostTooOften');
    assert.equal(after(4, 86_400_000).effect?.kind, 'create');
  });
});

describe('a new bot, while the listing has rows that cannot be read, or the state is old', () => {
  it('is created only once a search by name has shown none', () => {
    const obscured = { cloud: { ...inputOf().cloud, obscured: true }, searched: false };
    const old = { oldState: { reason: 'StateIsOld', message: 'old' }, searched: false };
    for (const changes of [obscured, old]) {
      assert.deepEqual(concluded(inputOf(changes)).look, { kind: 'name' });
      assert.equal(concluded(inputOf({ ...changes, searched: true })).effect?.kind, 'create');
    }
    assert.equal(concluded(inputOf({ searched: false })).effect?.kind, 'create');
  });
});

describe('a wiped status', () => {
  const wiped = botOf({ pristine: false, status: {} });
  const watch = { elapsedMs: 121_000, lookUps: 2, sinceLastLookMs: 500, lookedAfterWindow: true };

  it('is looked for by name before any create', () => {
    assert.deepEqual(concluded(inputOf({ bot: wiped })).look, { kind: 'name' });
  });

  it('waits a whole settling window', () => {
    const attempt = { elapsedMs: 60_000, lookUps: 9, sinceLastLookMs: 10, lookedAfterWindow: false };
    const decision = concluded(inputOf({ bot: wiped, attempt }));
    assert.equal(decision.effect, undefined);
    assert.equal(decision.status.ownerUID, undefined);
  });

  it('is owned again, and creates, once nothing turned up', () => {
    const decision = concluded(inputOf({ bot: wiped, attempt: watch }));
    assert.equal(decision.effect?.kind, 'create');
    assert.equal(decision.status.ownerUID, uid);
  });

  it('takes the droplet of its name for its own as soon as GET confirms it', () => {
    const others = [{ droplet: dropletOf(), confirmed: true }];
    assert.equal(concluded(inputOf({ bot: wiped, others })).status.droplet?.id, 100);
  });

  it('counts the requests present as handled without acting', () => {
    const bot = botOf({ pristine: false, spec: { ...spec, rebootRequest: 'r1', redeployRequest: 'd1' } });
    const decision = concluded(inputOf({ bot, others: [{ droplet: dropletOf(), confirmed: true }] }));
    assert.deepEqual(decision.status.handledRequests, { reboot: 'r1', redeploy: 'd1' });
    assert.equal(decision.effect, undefined);
  });

  it('is void when it is that of another uid', () => {
    const status = { ownerUID: 'another', knownDropletIDs: [5], handledRequests: {} };
    const decision = concluded(inputOf({ bot: botOf({ pristine: false, status }) }));
    assert.equal(decision.status.knownDropletIDs, undefined);
    assert.deepEqual(decision.look, { kind: 'name' });
  });
});

describe('a droplet with the key of a bot that has none', () => {
  const keyed = dropletOf({ id: 55, name: 'openclaw-bot-older-uid', tags: [keyTag(botOf().key)] });

  it('is looked at, then taken over instead of a create', () => {
    const unconfirmed = inputOf({ keyed: [{ droplet: keyed, confirmed: false }] });
    assert.deepEqual(decide(unconfirmed).look, { kind: 'droplet', dropletID: 55 });
    const decision = concluded(inputOf({ keyed: [{ droplet: keyed, confirmed: true }] }));
    assert.equal(decision.steps[0]?.status.droplet?.id, 55);
    assert.notEqual(decision.effect?.kind, 'create');
  });

  it('is taken over by a Stopped bot too', () => {
    const bot = botOf({ spec: { ...spec, powerState: 'Stopped' } });
    const decision = decide(inputOf({ bot, keyed: [{ droplet: keyed, confirmed: true }] }));
    assert.equal(decision.status.droplet?.id, 55);
  });
});
