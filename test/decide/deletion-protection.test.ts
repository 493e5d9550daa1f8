import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../src/decide/decide.ts';
import type { Input } from '../../src/decide/input.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import {
  ago,
  botOf,
  condition,
  dropletOf,
  inputOf,
  ownedInput,
  recordOf,
  spec,
  told,
} from './input-builder.ts';

const asked = { requestedAt: ago(60_000), implicit: false };
const undeclared = { requestedAt: ago(60_000), implicit: true };
const guarded: BotSpec = { ...spec, deletionProtection: true };

function kept(input: Partial<Input> = {}, change: Parameters<typeof ownedInput>[1] = {}): Input {
  const bot = { deletion: asked, ...change.bot };
  return ownedInput(dropletOf(), { spec: guarded, record: recordOf(dropletOf()), ...change, bot, input });
}

describe('deletion protection', () => {
  it('keeps the bot as it is: nothing is done, and its conditions say what ends that', () => {
    const { effect, look, status } = decide(kept());
    assert.deepEqual([effect, look], [undefined, undefined]);
    assert.equal(told(status), 'Ready=False Reconciling=False Stalled=True DeletionProtected');
    assert.match(
      condition(status, 'Ready')?.message ?? '',
      /set that to false, or run `clawfleet confirm delete heron`$/,
    );
    assert.equal(status.phase, 'Online');
  });

  it('says of a bot that is no longer declared how it comes back', () => {
    const { status } = decide(kept({}, { bot: { deletion: undeclared } }));
    assert.match(
      condition(status, 'Ready')?.message ?? '',
      /^It is no longer declared, .* declare it again; or, to have it deleted, run /,
    );
  });

  it('holds under either deletion policy, of an adopted bot too', () => {
    for (const deletionPolicy of ['Delete', 'Orphan'] as const) {
      const { effect } = decide(kept({}, { spec: { ...guarded, deletionPolicy } }));
      assert.equal(effect, undefined, deletionPolicy);
    }
  });

  it('lets the bot be looked after as before: its power, its requests, a lost droplet', () => {
    const off = {
      recorded: { kind: 'seen', droplet: dropletOf({ status: 'off' }), proven: true, confirmed: true },
    } as const;
    assert.equal(decide(kept(off)).effect?.kind, 'act');
    const create = inputOf({ bot: botOf({ spec: guarded, deletion: asked }) });
    assert.notEqual(decide(create).look ?? decide(create).effect, undefined);
    const redeployed = { spec: { ...guarded, redeployRequest: 'now' } };
    assert.notEqual(
      decide(kept({}, redeployed)).status.operation ?? decide(kept({}, redeployed)).look,
      undefined,
    );
  });

  it('names beside itself what else the bot waits for', () => {
    const { status } = decide(
      kept({
        cloud: {
          identity: undefined,
          viewed: true,
          blocked: { reason: 'Unauthorised', message: 'no token', stalled: true },
        },
      }),
    );
    assert.equal(condition(status, 'Ready')?.reason, 'DeletionProtected');
    assert.match(condition(status, 'Ready')?.message ?? '', /Meanwhile Unauthorised: no token$/);
  });

  it('gives way to a hold after a mass loss, which ends by itself', () => {
    const { status } = decide(kept({ held: 'delete' }, { bot: { deletion: undeclared } }));
    assert.equal(condition(status, 'Ready')?.reason, 'MassDeletionHeld');
  });

  it('ends when it is declared off, when someone lets go of it, and never stops a deletion that has begun', () => {
    assert.equal(
      decide(kept({}, { spec: { ...guarded, deletionProtection: false } })).effect?.kind,
      'destroy',
    );
    assert.equal(decide(kept({ released: true })).effect?.kind, 'destroy');
    assert.equal(decide(kept({}, { status: { phase: 'Deleting' } })).effect?.kind, 'destroy');
  });

  it('is nothing for a record that the source does not hold', () => {
    assert.equal(decide(kept({}, { bot: { hasFinalizer: false } })).effect?.kind, 'destroy');
  });
});
