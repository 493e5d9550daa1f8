import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dropletBody } from '../../../src/adapters/digitalocean/droplet-body.ts';
import { adoptionManifest } from '../../../src/cli/edit/adoption-plan.ts';
import { specLines } from '../../../src/cli/view/describe-spec.ts';
import { FleetView } from '../../../src/controller/cloud/fleet-view.ts';
import type { Effect } from '../../../src/decide/effect.ts';
import { resourceKey } from '../../../src/model/resource-key.ts';
import { botStatusSchema } from '../../../src/model/spec/bot-status.ts';
import {
  dropletFields,
  needsReplacement,
  observedFields,
  recordedFields,
  requestedFields,
} from '../../../src/model/spec/droplet-fields.ts';
import { type DropletSpec, dropletSpecSchema } from '../../../src/model/spec/droplet-spec.ts';
import type { Droplet } from '../../../src/ports/cloud.ts';
import {
  botOf,
  catalogue,
  concluded,
  condition,
  convergedInput,
  dropletOf,
  inputOf,
  ownedInput,
  recordOf,
  spec,
  templateOf,
} from '../../decide/input-builder.ts';

type Field = keyof DropletSpec;

const fields = Object.keys(dropletFields) as Field[];
const [oneUUID, otherUUID] = ['5a4981aa-9653-4bd1-bef5-d6bff52042e4', '8c8a8a3c-9a5b-4d0e-a3a8-5d2f5f0a7d11'];

/** Of each field a value that a droplet has and another one that is declared; both are valid. */
const changes: {
  readonly [F in Field]: readonly [NonNullable<DropletSpec[F]>, NonNullable<DropletSpec[F]>];
} = {
  region: ['nyc3', 'fra1'],
  size: ['s-1vcpu-1gb', 's-1vcpu-2gb'],
  image: ['ubuntu-22-04-x64', 'ubuntu-24-04-x64'],
  monitoring: [false, true],
  backups: [false, true],
  ipv6: [true, false],
  sshKeys: [['17'], ['18']],
  tags: [['blue'], ['green']],
  vpcUUID: [oneUUID, otherUUID],
  projectID: [oneUUID, otherUUID],
  replacePolicy: ['OnRequest', 'Automatic'],
};

const declared = (field: Field, value: unknown = changes[field][1]) => ({
  ...spec,
  droplet: { [field]: value },
});
const had = (field: Field) => ({ [field]: changes[field][0] }) as Partial<Droplet>;
const textOf = (value: unknown) => (Array.isArray(value) ? value.join(' ') : String(value));

function created(field: Field, value?: unknown): Effect & { kind: 'create' } {
  const { effect } = concluded(inputOf({ bot: botOf({ spec: declared(field, value) }) }));
  assert.equal(effect?.kind, 'create');
  return effect as Effect & { kind: 'create' };
}

describe('the table of droplet fields', () => {
  it('has a row for each field of the schema', () => {
    assert.deepEqual([...fields].sort(), Object.keys(dropletSpecSchema.properties).sort());
  });

  it('applies a change as the reference says', () => {
    for (const field of fields) {
      const { description = '' } = dropletSpecSchema.properties[field] as { description?: string };
      const { by } = dropletFields[field].change;
      const isReplaced = needsReplacement(field, false) || by === 'resize';
      assert.equal(
        /in place/.test(description),
        !['replacement', 'none'].includes(by),
        `${field}: ${description}`,
      );
      if (by !== 'resize') assert.equal(/needs a replacement/.test(description), isReplaced, field);
    }
  });

  it('names the fields of `status.droplet.template`', () => {
    const { template } = botStatusSchema.properties.createAttempt.properties;
    assert.deepEqual(
      Object.keys(template.properties).sort(),
      [...recordedFields, 'bootstrapHash', 'declared'].sort(),
    );
  });

  it('shows every field but the policy', () => {
    assert.deepEqual(
      fields.filter((field) => !('shown' in dropletFields[field])),
      ['replacePolicy'],
    );
  });

  it('leaves no drift unseen: what the cloud does not show is recorded', () => {
    const unseen = fields.filter((field) => !isIn(observedFields, field) && !isIn(recordedFields, field));
    assert.deepEqual(
      unseen,
      ['projectID', 'replacePolicy'],
      'status.droplet.projectID is recorded by the assignment',
    );
  });
});

function isIn(list: readonly string[], field: Field): boolean {
  return list.includes(field);
}

for (const field of fields) {
  const [made, wanted] = changes[field];
  const value = textOf(wanted);

  describe(`droplet.${field}`, () => {
    if (isIn(requestedFields, field))
      it('is asked for at creation', () => {
        const { order } = created(field);
        assert.ok(textOf(order[field as keyof typeof order]).includes(value));
        const body = dropletBody({ ...order, name: 'a', userData: '' });
        const other = dropletBody({ ...created(field, made).order, name: 'a', userData: '' });
        assert.notDeepEqual(body, other);
      });

    if (isIn(recordedFields, field))
      it('is recorded with the attempt', () => {
        const { template } = created(field);
        assert.ok(textOf(template[field as keyof typeof template]).includes(value));
      });

    if (dropletFields[field].change.by !== 'none')
      it('is corrected, or reported as needing a replacement, when its declaration changes', () => {
        const before = convergedInput({ catalogue }, declared(field, made));
        assert.equal(concluded(before).effect?.kind === 'create', false);
        const after = concluded({ ...before, bot: { ...before.bot, spec: declared(field) } });
        const needed = condition(after.status, 'ReplacementNeeded')?.message ?? '';
        if (needsReplacement(field, wanted)) assert.match(needed, new RegExp(`\\b${field}\\b`));
        else assert.ok(after.effect, 'nothing is done');
      });

    if (isIn(observedFields, field)) {
      it('is news when the cloud shows another value', () => {
        const view = new FleetView();
        const droplet = { ...dropletOf(), ...had(field) };
        view.takeListing([droplet], 0);
        assert.deepEqual(view.takeListing([{ ...droplet, [field]: wanted }], 10), [droplet.id]);
      });

      it('is in the manifest that adopts a droplet, tags aside', () => {
        const order = { key: resourceKey('default', 'a'), name: 'a', namespace: 'default', account: 'acme' };
        const text = adoptionManifest(dropletOf({ ...had(field) }), order);
        assert.equal(new RegExp(`^    ${field}: ${textOf(made)}$`, 'm').test(text), field !== 'tags');
      });

      it('is compared with the declaration of an adopted droplet, tags aside', () => {
        const droplet = dropletOf(had(field));
        const record = recordOf(droplet, { origin: 'Adopted', template: templateOf(declared(field, made)) });
        const input = ownedInput(droplet, { spec: declared(field), record, input: { catalogue } });
        const message = condition(concluded(input).status, 'AdoptionDiffers')?.message ?? '';
        assert.equal(message.includes(`${field} is ${made}, declared ${wanted}`), field !== 'tags');
      });
    }

    if (isIn(observedFields, field) && needsReplacement(field, wanted))
      it('is compared with the declaration of a droplet that was taken over', () => {
        const droplet = dropletOf(had(field));
        const { template: _, ...record } = recordOf(droplet);
        const input = ownedInput(droplet, { spec: declared(field), record, input: { catalogue } });
        const message = condition(concluded(input).status, 'ReplacementNeeded')?.message ?? '';
        assert.ok(message.includes(`${field} is ${made}, declared ${wanted}`));
      });

    if ('shown' in dropletFields[field])
      it('is shown by describe', () => {
        const shown = specLines({ name: 'a', spec: declared(field) }).join('\n');
        assert.notEqual(shown, specLines({ name: 'a', spec: declared(field, made) }).join('\n'));
      });
  });
}
