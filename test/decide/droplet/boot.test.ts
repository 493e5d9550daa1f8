import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import { isCreating } from '../../../src/decide/droplet/boot.ts';
import type { Input } from '../../../src/decide/input.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus } from '../../../src/model/spec/bot-status.ts';
import {
  ago,
  catalogue,
  cloud,
  concluded,
  condition,
  dropletOf,
  now,
  ownedInput,
  spec,
  told,
} from '../input-builder.ts';

const minute = 60_000;
const automatic: BotSpec = { ...spec, droplet: { replacePolicy: 'Automatic' } };

function booting(
  minutes: number,
  declared = spec,
  status: Partial<BotStatus> = {},
  input: Partial<Input> = {},
) {
  const droplet = dropletOf({ status: 'new', createdAt: ago(minutes * minute) });
  return ownedInput(droplet, { spec: declared, status, input: { catalogue, ...input } });
}

describe('a droplet that stays `new`', () => {
  it('counts as a create under way for ten minutes, by the cloud’s clock', () => {
    const counts = (minutes: number, time: number | undefined) =>
      isCreating({ status: booting(minutes).bot.status, cloud: time === undefined ? {} : { time } });
    assert.deepEqual([counts(9.99, now), counts(10, now)], [true, false]);
    assert.deepEqual([counts(60, now - 55 * minute), counts(60, undefined)], [true, true]);
  });

  it('is looked at again when it ceases to count, and when it is given up', () => {
    assert.equal(decide(booting(4)).requeueAt, now + 6 * minute);
    assert.equal(decide(booting(15)).requeueAt, now + 5 * minute);
    assert.equal(decide(booting(20)).requeueAt, undefined);
  });

  it('is Stalled after twenty minutes, told once, and polled no more', () => {
    assert.equal(told(decide(booting(19.9)).status), 'Ready=False Reconciling=True Stalled=False Booting');
    const stuck = decide(booting(20));
    assert.equal(told(stuck.status), 'Ready=False Reconciling=False Stalled=True BootStuck');
    assert.equal(stuck.status.phase, 'Error');
    assert.equal(stuck.watch, undefined);
    assert.deepEqual(
      stuck.notes.map(({ reason }) => reason),
      ['BootStuck'],
    );
    const later = decide({ ...booting(20), bot: { ...booting(20).bot, status: stuck.status } });
    assert.deepEqual(later.notes, []);
  });

  it('is not stuck by a clock of ours that is ahead', () => {
    const decision = decide(
      booting(60, spec, {}, { cloud: { identity: cloud, viewed: true, time: now - 55 * minute } }),
    );
    assert.equal(condition(decision.status, 'Ready')?.reason, 'Booting');
  });

  it('is replaced under replacePolicy Automatic, as what nobody asked for', () => {
    assert.equal(concluded(booting(20)).effect, undefined);
    const decision = concluded(booting(20, automatic));
    assert.deepEqual(decision.effect, {
      ...{ kind: 'destroy', dropletID: 100, cause: 'Replacement', why: 'it is redeployed' },
    });
    assert.equal(decision.status.bootReplaced, true);
    const slots = { destruction: { admitted: false, reason: 'DestructionHeld', message: 'held' } } as const;
    const held = concluded(booting(20, automatic, {}, { slots }));
    assert.equal(held.effect, undefined);
    assert.equal(condition(held.status, 'Ready')?.reason, 'DestructionHeld');
  });

  it('is not replaced when its bot is Stopped, or the droplet was adopted', () => {
    assert.equal(concluded(booting(20, { ...automatic, powerState: 'Stopped' })).effect, undefined);
    const { bot, ...rest } = booting(20, automatic);
    const droplet = { ...bot.status.droplet, origin: 'Adopted' } as NonNullable<BotStatus['droplet']>;
    assert.equal(
      concluded({ ...rest, bot: { ...bot, status: { ...bot.status, droplet } } }).effect,
      undefined,
    );
  });

  it('is replaced once: a second one that hangs is left to a person', () => {
    const again = concluded(booting(20, automatic, { bootReplaced: true }));
    assert.equal(again.effect, undefined);
    assert.equal(condition(again.status, 'Stalled')?.reason, 'BootStuck');
    assert.match(condition(again.status, 'Stalled')?.message ?? '', /as did the one that it replaced/);
    const asked = { ...automatic, redeployRequest: 'r1' };
    const redeployed = concluded(booting(20, asked, { bootReplaced: true }));
    assert.equal(redeployed.effect?.kind, 'destroy');
    assert.equal(redeployed.status.bootReplaced, undefined);
  });

  it('is forgotten once one has come up', () => {
    const up = concluded(ownedInput(dropletOf(), { status: { bootReplaced: true } }));
    assert.equal(up.status.bootReplaced, undefined);
    assert.equal(condition(up.status, 'Ready')?.status, 'True');
  });
});
