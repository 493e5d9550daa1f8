import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/decide/decide.ts';
import type { Input } from '../../../src/decide/input.ts';
import { fleetTag } from '../../../src/model/identity.ts';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { BotStatus, Operation } from '../../../src/model/spec/bot-status.ts';
import {
  ago,
  allSent,
  catalogue,
  concluded,
  condition,
  dropletOf,
  offer,
  ownedInput,
  recordOf,
  spec,
  templateOf,
} from '../input-builder.ts';

type DropletSpec = NonNullable<BotSpec['droplet']>;

function declaring(droplet: DropletSpec, made: BotSpec = spec, input: Partial<Input> = {}): Input {
  const record = recordOf(dropletOf(), { template: templateOf(made) });
  return ownedInput(dropletOf(), { spec: { ...spec, droplet }, record, input: { catalogue, ...input } });
}

const needed = (input: Input) => condition(concluded(input).status, 'ReplacementNeeded')?.message ?? '';

describe('a change that only a new droplet can have', () => {
  const changes: readonly (readonly [DropletSpec, RegExp])[] = [
    [{ region: 'fra1' }, /region nyc3 to fra1/],
    [{ image: 'ubuntu-24-04-x64' }, /image ubuntu-22-04-x64 to ubuntu-24-04-x64/],
    [{ vpcUUID: '5a4981aa-9653-4bd1-bef5-d6bff52042e4' }, /vpcUUID none to 5a4981aa/],
    [{ monitoring: false }, /monitoring true to false/],
    [{ sshKeys: ['17'] }, /sshKeys/],
  ];
  for (const [droplet, message] of changes) {
    it(`is told and not carried out: ${Object.keys(droplet)}`, () => {
      assert.match(needed(declaring(droplet)), message);
      assert.equal(concluded(declaring(droplet)).effect, undefined);
    });
  }

  it('tells what would be lost and how to go ahead', () => {
    assert.match(
      needed(declaring({ region: 'fra1' })),
      /would be lost; to go ahead, set spec.redeployRequest to a new value, or run `clawfleet redeploy heron`$/,
    );
  });

  it('counts when it goes back to the default from what was declared', () => {
    assert.match(needed(declaring({}, { ...spec, droplet: { region: 'fra1' } })), /region fra1 to nyc3/);
  });

  it('is no new default, no moved slug and no echo of the cloud', () => {
    const template = { ...templateOf(), image: 'ubuntu-20-04-x64', region: 'nyc1', monitoring: false };
    const droplet = dropletOf({ image: '12345', region: 'nyc3' });
    const input = ownedInput(droplet, { record: recordOf(droplet, { template }), input: { catalogue } });
    assert.equal(needed(input), '');
  });

  it('is no changed bootstrap, which takes effect at the next redeploy', () => {
    const input = ownedInput(dropletOf(), {
      spec: { ...spec, bootstrap: { customizer: { agentName: 'Ada' } } },
    });
    const { status, effect } = concluded(input);
    assert.equal(effect, undefined);
    assert.equal(condition(status, 'BootstrapOutdated')?.status, 'True');
    assert.equal(condition(status, 'ReplacementNeeded'), undefined);
  });

  it('happens by itself under replacePolicy Automatic', () => {
    const decision = concluded(declaring({ region: 'fra1', replacePolicy: 'Automatic' }));
    assert.equal(decision.effect?.kind, 'destroy');
    assert.equal(decision.status.operation?.type, 'Redeploy');
  });
});

const available = {
  ...{ id: 1, name: 'Ubuntu', status: 'available', regions: ['nyc3'], minDiskGB: 15 },
};
const imageOf = (changes: object) => ({ ...offer, image: { ...available, ...changes } });

describe('a redeploy', () => {
  const asked = { ...spec, redeployRequest: 'd1' };
  const registration = { tokens: [{ sha256: 'a'.repeat(64), attemptID: 'x', issuedAt: ago(0) }] };
  const request = (input: Partial<Input> = {}, status: Partial<BotStatus> = {}, declared: BotSpec = asked) =>
    ownedInput(dropletOf(), {
      spec: declared,
      status: { registration, ...status },
      input: { catalogue, ...input },
    });
  const open = (step: Operation['step']): Operation => ({
    ...({ type: 'Redeploy', step, requestID: 'd1', startedAt: ago(9_000), stepAt: ago(9_000) } as const),
  });

  it('keeps its place, and the agent of a droplet that may live on', () => {
    const decision = concluded(request());
    assert.equal(decision.effect?.kind, 'destroy');
    assert.deepEqual(decision.status.registration, registration);
    assert.equal(decision.status.placeHeld, true);
  });

  const obstacles: readonly (readonly [string, Input, string])[] = [
    [
      'the region does not exist',
      request({}, {}, { ...asked, droplet: { region: 'xyz9' } }),
      'InvalidRegion',
    ],
    [
      'the size is not sold there',
      request({}, {}, { ...asked, droplet: { size: 's-2vcpu-4gb' } }),
      'InvalidSize',
    ],
    [
      'the image does not exist',
      request({ offer: { ...offer, image: 'absent' } }, {}, { ...asked, droplet: { image: 'plan9' } }),
      'InvalidImage',
    ],
    ['the image is not in the region', request({ offer: imageOf({ regions: ['fra1'] }) }), 'InvalidImage'],
    ['the image is still being made', request({ offer: imageOf({ status: 'pending' }) }), 'InvalidImage'],
    ['the image needs a larger disk', request({ offer: imageOf({ minDiskGB: 60 }) }), 'InvalidImage'],
    ['an SSH key is gone', request({ offer: { ...offer, missingKeys: ['7'] } }), 'InvalidSSHKey'],
    ['the VPC is gone', request({ offer: { ...offer, vpc: 'absent' } }), 'InvalidVPC'],
    [
      'the VPC is in another region',
      request({ offer: { ...offer, vpc: { uuid: 'v', region: 'fra1' } } }),
      'InvalidVPC',
    ],
    [
      'no create may happen',
      request({ createsForbidden: { reason: 'UnknownFleet', message: '?' } }),
      'UnknownFleet',
    ],
    [
      'the account is gone',
      request({ grant: { granted: false, reason: 'AccountNotFound', message: '?', stalled: true } }),
      'AccountNotFound',
    ],
  ];
  for (const [why, input, reason] of obstacles) {
    it(`destroys nothing when ${why}`, () => {
      const decision = concluded(input);
      assert.equal(decision.effect, undefined);
      assert.equal(decision.status.operation, undefined);
      assert.equal(condition(decision.status, 'Stalled')?.reason, reason);
      assert.notEqual(decision.requeueAt, undefined);
    });
  }

  it('that was begun is checked again before its first DELETE, as after a restart', () => {
    const begun = { operation: open('Destroy') };
    const soldOut = { ...asked, droplet: { size: 's-2vcpu-4gb' } };
    const blocked = concluded(request({}, begun, soldOut));
    assert.equal(blocked.effect, undefined);
    assert.equal(condition(blocked.status, 'Ready')?.reason, 'InvalidSize');
    assert.equal(concluded(request({}, begun)).effect?.kind, 'destroy');
    const ordered = { effects: [{ signature: 'destroy 100', sinceMs: 40_000, times: 1 }] };
    assert.equal(concluded(request(ordered, begun, soldOut)).effect?.kind, 'destroy');
  });

  it('creates only after GET 404 of the predecessor, which it remembers', () => {
    const open1 = request({ effects: allSent(1_000) }, { operation: open('Destroy') });
    assert.equal(decide(open1).effect, undefined);
    const decision = concluded({ ...open1, recorded: { kind: 'gone' } });
    assert.equal(decision.effect?.kind, 'create');
    assert.deepEqual(decision.status.knownDropletIDs, [100]);
    assert.equal(decision.status.operation?.step, 'Create');
    assert.equal(
      decision.steps.some((step) => step.lost),
      false,
    );
  });

  it('is handled when the new droplet is recorded', () => {
    const decision = concluded(request({}, { operation: open('Create') }));
    assert.equal(decision.status.handledRequests?.redeploy, 'd1');
    assert.equal(decision.status.operation, undefined);
    assert.equal(decision.effect, undefined);
  });

  it('overtakes a resize or a stop that is open', () => {
    const stop = { type: 'Stop', step: 'Shutdown', startedAt: ago(0), stepAt: ago(0) } as const;
    assert.equal(concluded(request({}, { operation: stop })).effect?.kind, 'destroy');
  });

  it('overtakes a reboot whose POST may have left, and leaves none to the new droplet', () => {
    const operation = {
      ...({ type: 'Reboot', step: 'Reboot', requestID: 'r1' } as const),
      ...{ startedAt: ago(0), stepAt: ago(0) },
    };
    const decision = concluded(request({}, { operation }, { ...asked, rebootRequest: 'r1' }));
    assert.deepEqual(
      [decision.effect?.kind, decision.status.operation?.type, decision.status.handledRequests?.reboot],
      ['destroy', 'Redeploy', 'r1'],
    );
  });

  it('lets a bot that was lost too often try again', () => {
    const replacements = { count: 4, lastAt: ago(1_000) };
    const input = request({ recorded: { kind: 'gone' } }, { operation: open('Destroy'), replacements });
    const begun = concluded(request({}, { replacements }));
    assert.equal(begun.status.replacements, undefined);
    assert.equal(concluded({ ...input, bot: { ...input.bot, status: begun.status } }).effect?.kind, 'create');
  });

  it('destroys no droplet that has another fleet’s tag by now', () => {
    const droplet = dropletOf({ tags: [...dropletOf().tags, fleetTag('other000')] });
    const input = ownedInput(droplet, { spec: asked, status: { operation: open('Destroy') } });
    assert.equal(decide(input).effect, undefined);
    assert.equal(condition(decide(input).status, 'Stalled')?.reason, 'ForeignFleet');
  });
});
