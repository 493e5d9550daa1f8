import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import type { Droplet } from '../../../src/ports/cloud.ts';
import { catalogue, concluded, condition, dropletOf, ownedInput, recordOf, spec } from '../input-builder.ts';

type DropletSpec = NonNullable<BotSpec['droplet']>;

/** What is told of a droplet without a template. */
function told(
  declared: DropletSpec,
  actual: Partial<Droplet>,
  origin: 'Created' | 'Adopted' = 'Created',
): string {
  const droplet = dropletOf(actual);
  const { template: _, ...record } = recordOf(droplet, { origin });
  const input = ownedInput(droplet, { spec: { ...spec, droplet: declared }, record, input: { catalogue } });
  return condition(concluded(input).status, 'ReplacementNeeded')?.message ?? '';
}

describe('a droplet that was taken over without a record of its creation', () => {
  it('differs in declared fields alone', () => {
    assert.match(told({ region: 'fra1' }, { region: 'nyc3' }), /region is nyc3, declared fra1/);
    assert.match(told({ monitoring: true }, { monitoring: false }), /monitoring is false, declared true/);
    assert.match(told({ ipv6: false }, { ipv6: true }), /ipv6 is true, declared false/);
    assert.equal(told({}, { region: 'fra1', monitoring: false, image: 'debian-12-x64', ipv6: true }), '');
  });

  it('does not differ for a slug whose image the cloud tells by number, as slugs move', () => {
    assert.equal(told({ image: 'ubuntu-22-04-x64' }, { image: '155133621' }), '');
    assert.equal(told({ image: 'ubuntu-22-04-x64' }, { image: '' }), '');
    assert.match(told({ image: '17' }, { image: '155133621' }), /image is 155133621, declared 17/);
    assert.match(
      told({ image: 'ubuntu-24-04-x64' }, { image: 'ubuntu-22-04-x64' }),
      /declared ubuntu-24-04-x64/,
    );
  });

  it('gets IPv6 switched on in place, so that is no difference', () => {
    assert.equal(told({ ipv6: true }, { ipv6: false }), '');
  });

  it('is told about as an adoption when it was adopted', () => {
    assert.equal(told({ region: 'fra1' }, { region: 'nyc3' }, 'Adopted'), '');
  });
});
