import { sha256Schema, Type, timeSchema } from '../schema/schema-words.ts';

const cloudIdentitySchema = Type.Object(
  {
    apiURL: Type.String({ description: 'Base URL of the API.' }),
    accountUUID: Type.String({ description: 'Account uuid, from GET /v2/account.' }),
  },
  { additionalProperties: false, description: 'The cloud this belongs to.' },
);

/**
 * What was asked for when the droplet was created; declarations are compared with this, never with what the
 * cloud shows.
 */
const templateSchema = Type.Object(
  {
    region: Type.String(),
    size: Type.String(),
    image: Type.String(),
    sshKeys: Type.Array(Type.String()),
    vpcUUID: Type.Optional(Type.String()),
    monitoring: Type.Boolean(),
    ipv6: Type.Boolean(),
    tags: Type.Array(Type.String()),
    bootstrapHash: sha256Schema('Of the declared bootstrap block, canonical JSON.'),
    declared: Type.Array(Type.String(), {
      description:
        'Droplet fields that were declared; the others had a default, and a new default replaces nothing.',
    }),
  },
  { additionalProperties: false, description: 'What the droplet was asked for.' },
);

export const dropletStatusSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    status: Type.Enum(['new', 'active', 'off', 'archive']),
    publicIPv4: Type.Optional(Type.String()),
    region: Type.String(),
    size: Type.String(),
    image: Type.String(),
    createdAt: timeSchema('As the cloud says.'),
    priceMonthlyUSD: Type.Number({ minimum: 0 }),
    origin: Type.Enum(['Created', 'Adopted']),
    seen: Type.Boolean({
      description: 'Whether a GET or a list has shown it; only then does a 404 prove absence at once.',
    }),
    cloud: cloudIdentitySchema,
    attemptID: Type.Optional(
      Type.String({
        description: 'The create whose answer it came with; unknown when it was found otherwise.',
      }),
    ),
    template: Type.Optional(templateSchema),
    managedTags: Type.Array(Type.String(), { description: 'Tags that we set on it; others are left alone.' }),
    projectID: Type.Optional(Type.String({ description: 'Project it was last filed under by us.' })),
    birth: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Which create of this bot made it; it bears the number as tag `birth-<n>`.',
      }),
    ),
    request: Type.Optional(
      Type.String({ description: 'The tag `request-<8 hex>` of the redeployRequest that it was made for.' }),
    ),
  },
  { additionalProperties: false, description: 'The bot’s droplet.' },
);

export const createAttemptSchema = Type.Object(
  {
    id: Type.String({ description: 'Another one for each attempt.' }),
    storedAt: timeSchema('When the attempt was stored, before its POST left.'),
    cloud: cloudIdentitySchema,
    template: templateSchema,
    birth: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The number of this create; it only rises.' }),
    ),
    request: Type.Optional(
      Type.String({ description: 'The tag of the redeployRequest that it is made for, if any.' }),
    ),
    knownDropletIDs: Type.Array(Type.Integer(), {
      description: 'Droplets known for this uid before; a look-up ignores them.',
    }),
    doubt: Type.Optional(Type.String({ description: 'Why the outcome is not known.' })),
  },
  {
    additionalProperties: false,
    description: 'A create that was or may have been sent and whose outcome is not recorded.',
  },
);

export const operationSchema = Type.Object(
  {
    type: Type.Enum(['Start', 'Stop', 'Reboot', 'Resize', 'Redeploy']),
    step: Type.Enum(['Shutdown', 'PowerOff', 'Resize', 'PowerOn', 'Reboot', 'Destroy', 'Create']),
    requestID: Type.Optional(Type.String()),
    size: Type.Optional(Type.String({ description: 'Size to reach, for Resize.' })),
    actionID: Type.Optional(
      Type.Integer({ description: 'The cloud’s action of the present step, once known.' }),
    ),
    knownActionIDs: Type.Optional(
      Type.Array(Type.Integer(), {
        description: 'Reboots of the droplet that the cloud showed before this one was claimed.',
      }),
    ),
    reason: Type.Optional(Type.String({ description: 'Why it is carried out.' })),
    startedAt: timeSchema('When the operation began.'),
    stepAt: timeSchema('When the present step began.'),
  },
  {
    additionalProperties: false,
    description: 'A change of several steps under way; it outranks the power rule.',
  },
);

export const refusalSchema = Type.Object(
  {
    what: Type.String({ description: 'What was refused.' }),
    message: Type.String(),
    at: timeSchema('When.'),
    count: Type.Integer({ minimum: 1, description: 'How often in a row.' }),
    generation: Type.Integer({
      minimum: 0,
      description: 'Of the spec that was refused; another one is tried at once.',
    }),
  },
  {
    additionalProperties: false,
    description: 'The cloud’s last refusal; repeated slowly, or at once when the spec changes.',
  },
);

export const refusedOrderSchema = Type.Object(
  {
    order: Type.String({ description: 'Which order, such as `destroy 123` or `power_on 123`.' }),
    message: Type.String(),
    since: timeSchema('When it was refused first.'),
    at: timeSchema('When it was refused last.'),
    count: Type.Integer({ minimum: 1, description: 'How often in a row.' }),
    busy: Type.Optional(Type.Boolean({ description: 'Because another action is open on the droplet.' })),
  },
  {
    additionalProperties: false,
    description: 'A destruction, or a step of an operation, that the cloud refused; it is repeated slowly.',
  },
);
