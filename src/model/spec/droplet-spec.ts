import { filledWithDefaults } from '../schema/schema-node.ts';
import { type Static, Type } from '../schema/schema-words.ts';

/** DigitalOcean's rule for tags (OpenAPI description, `tags_array`). */
const tagSchema = Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9_\\-:]+$' });

const uuidPattern = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

/** The droplet of a bot; defaults are those of the service that clawfleet replaces. */
export const dropletSpecSchema = Type.Object(
  {
    region: Type.Optional(
      Type.String({
        pattern: '^[a-z]{3}[0-9]+$',
        default: 'nyc3',
        description: 'Region slug. Changing it needs a replacement.',
      }),
    ),
    size: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9.-]*$',
        maxLength: 64,
        default: 's-1vcpu-2gb',
        description: 'Size slug. Changed in place while the disk does not shrink.',
      }),
    ),
    image: Type.Optional(
      Type.String({
        pattern: '^([a-z0-9][a-z0-9.-]*|[0-9]+)$',
        maxLength: 128,
        default: 'ubuntu-22-04-x64',
        description:
          'Image slug, or the number of an image of your own, quoted. Changing it needs a replacement.',
      }),
    ),
    sshKeys: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64, description: 'Id or fingerprint.' }), {
        maxItems: 32,
        default: [],
        description: 'SSH keys known to the DigitalOcean account. Changing them needs a replacement.',
      }),
    ),
    vpcUUID: Type.Optional(
      Type.String({
        pattern: uuidPattern,
        description:
          'VPC to put the droplet in; the region’s default VPC otherwise. Changing it needs a replacement.',
      }),
    ),
    tags: Type.Optional(
      Type.Array(tagSchema, {
        maxItems: 32,
        default: [],
        description:
          'Further tags, beside the ones clawfleet sets. Compared without regard to case; changed in place.',
      }),
    ),
    monitoring: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'DigitalOcean’s metrics agent. Changing it needs a replacement.',
      }),
    ),
    backups: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Weekly backups, at 20 % of the price. Changed in place.',
      }),
    ),
    ipv6: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Public IPv6. Switched on in place; switching it off needs a replacement.',
      }),
    ),
    projectID: Type.Optional(
      Type.String({
        pattern: uuidPattern,
        description: 'DigitalOcean project to file the droplet under. Changed in place.',
      }),
    ),
    replacePolicy: Type.Optional(
      Type.Enum(['OnRequest', 'Automatic'], {
        default: 'OnRequest',
        description:
          'Whether a change that needs a new droplet waits for redeployRequest or is carried out by itself.',
      }),
    ),
  },
  { additionalProperties: false, default: {}, description: 'The droplet the bot runs on.' },
);

export type DropletSpec = Static<typeof dropletSpecSchema>;

/** A droplet declaration with every default filled in; `vpcUUID` and `projectID` have none. */
export type EffectiveDropletSpec = Required<Omit<DropletSpec, 'vpcUUID' | 'projectID'>> &
  Pick<DropletSpec, 'vpcUUID' | 'projectID'>;

const filled = new WeakMap<DropletSpec, EffectiveDropletSpec>();
const nothingDeclared: DropletSpec = Object.freeze({});

/** `declared` with every default filled in; the same object gives the same answer. */
export function effectiveDroplet(declared: DropletSpec = nothingDeclared): EffectiveDropletSpec {
  const known = filled.get(declared);
  if (known) return known;
  const effective = filledWithDefaults(dropletSpecSchema, declared) as EffectiveDropletSpec;
  filled.set(declared, effective);
  return effective;
}
