import { longestStepName, mostFailedSteps } from '../agent-report.ts';
import { type Static, Type } from '../schema/schema-words.ts';
import { conditionSchema } from './condition.ts';

const time = (description: string) => Type.String({ format: 'date-time', description });
const sha256 = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description });

const cloudIdentitySchema = Type.Object(
  {
    apiURL: Type.String({ description: 'Base URL of the API.' }),
    accountUUID: Type.String({ description: 'Account uuid, from GET /v2/account.' }),
  },
  { additionalProperties: false, description: 'The cloud this belongs to.' },
);

/** What a droplet was asked for when it was made; declarations are compared with this, never with the cloud’s echo. */
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
    bootstrapHash: sha256('Of the declared bootstrap block, canonical JSON.'),
    declared: Type.Array(Type.String(), {
      description:
        'Droplet fields that were declared; the others had a default, and a new default replaces nothing.',
    }),
  },
  { additionalProperties: false, description: 'What the droplet was asked for.' },
);

export type DropletTemplate = Static<typeof templateSchema>;

const dropletStatusSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    name: Type.String(),
    status: Type.Enum(['new', 'active', 'off', 'archive']),
    publicIPv4: Type.Optional(Type.String()),
    region: Type.String(),
    size: Type.String(),
    image: Type.String(),
    createdAt: time('As the cloud tells it.'),
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

const createAttemptSchema = Type.Object(
  {
    id: Type.String({ description: 'Made anew for each attempt.' }),
    storedAt: time('When the attempt was stored, before its POST left.'),
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

const operationSchema = Type.Object(
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
    startedAt: time('When the operation began.'),
    stepAt: time('When the present step began.'),
  },
  {
    additionalProperties: false,
    description: 'A change of several steps under way; it outranks the power rule.',
  },
);

const refusalSchema = Type.Object(
  {
    what: Type.String({ description: 'What was refused.' }),
    message: Type.String(),
    at: time('When.'),
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

const refusedOrderSchema = Type.Object(
  {
    order: Type.String({ description: 'Which order, such as `destroy 123` or `power_on 123`.' }),
    message: Type.String(),
    since: time('When it was refused first.'),
    at: time('When it was refused last.'),
    count: Type.Integer({ minimum: 1, description: 'How often in a row.' }),
    busy: Type.Optional(Type.Boolean({ description: 'Because another action is open on the droplet.' })),
  },
  {
    additionalProperties: false,
    description:
      'A destruction, or a step of an operation, that the cloud refused; it is ordered again slowly.',
  },
);

const registrationTokenSchema = Type.Object(
  {
    sha256: sha256('Of a registration token.'),
    attemptID: Type.Optional(Type.String({ description: 'The create that it was made for, if any.' })),
    birth: Type.Optional(Type.Integer({ minimum: 1, description: 'The number of that create.' })),
    issuedAt: time('When it was issued.'),
    runningSince: Type.Optional(
      time('Since when its life has been running: it stands still while the droplet is not active.'),
    ),
    ranSeconds: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Life that had run when it last stood still.' }),
    ),
  },
  { additionalProperties: false },
);

const registrationSchema = Type.Object(
  {
    tokens: Type.Array(registrationTokenSchema, {
      description: 'Registration tokens that may still be redeemed; hashes only.',
    }),
    agent: Type.Optional(
      Type.Object(
        {
          sha256: sha256('Of the agent’s token.'),
          registrationSHA256: sha256('Of the registration token that it was redeemed for.'),
          registeredAt: time('When.'),
          tokenIssuedAt: Type.Optional(time('When that registration token was issued.')),
          attemptID: Type.Optional(
            Type.String({ description: 'The create that the registration token was made for, if any.' }),
          ),
          birth: Type.Optional(Type.Integer({ minimum: 1, description: 'The number of that create.' })),
        },
        { additionalProperties: false, description: 'The agent that has registered.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'Enrolment of the agent; hashes only, never a token.' },
);

const bootstrapSchema = Type.Object(
  {
    running: Type.Boolean({ description: 'Whether it is still at work.' }),
    failedSteps: Type.Array(Type.String({ maxLength: longestStepName }), {
      maxItems: mostFailedSteps,
      description: 'Steps that have failed and are not mended yet.',
    }),
    runningSince: Type.Optional(
      time('Since when it has been at work: its time stands still while the droplet is not active.'),
    ),
  },
  {
    additionalProperties: false,
    description:
      'How the droplet’s bootstrap stands, as its agent reported last; none from agents that say nothing of it.',
  },
);

const configSchema = (description: string, since: string) =>
  Type.Object(
    {
      id: Type.String({ description: '`<version>-<hash of the content>`.' }),
      version: Type.Integer({ minimum: 1, description: 'Rises by one with each change.' }),
      since: time(since),
    },
    { additionalProperties: false, description },
  );

export const phases = ['Pending', 'Provisioning', 'Online', 'Paused', 'Error', 'Deleting'] as const;

/** What clawfleet reports of a Bot, and what it must remember about it. */
export const botStatusSchema = Type.Object(
  {
    ownerUID: Type.Optional(
      Type.String({ description: 'uid of the bot this status is about; under another uid it is void.' }),
    ),
    phase: Type.Optional(
      Type.Enum([...phases], {
        description: 'Where the bot is in its life; for people, conditions say more.',
      }),
    ),
    observedGeneration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Generation of the spec that this status is about.' }),
    ),
    conditions: Type.Optional(
      Type.Array(conditionSchema, {
        description: 'What holds of the bot and why. Ready, Reconciling and Stalled follow kstatus.',
      }),
    ),
    droplet: Type.Optional(dropletStatusSchema),
    createAttempt: Type.Optional(createAttemptSchema),
    knownDropletIDs: Type.Optional(
      Type.Array(Type.Integer(), { description: 'Earlier droplets of this uid, newest last, at most 16.' }),
    ),
    births: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'Creates of this bot so far. A droplet that bears a higher number is newer than this record.',
      }),
    ),
    operation: Type.Optional(operationSchema),
    placeHeld: Type.Optional(
      Type.Boolean({ description: 'The bot keeps its place in the quota through replacement and deletion.' }),
    ),
    refusal: Type.Optional(refusalSchema),
    refusedOrder: Type.Optional(refusedOrderSchema),
    handledRequests: Type.Optional(
      Type.Object(
        {
          reboot: Type.Optional(Type.String()),
          redeploy: Type.Optional(Type.String()),
          registrationToken: Type.Optional(Type.String()),
        },
        {
          additionalProperties: false,
          description: 'The requests last carried out, or present when the bot was first seen.',
        },
      ),
    ),
    registration: Type.Optional(registrationSchema),
    bootstrap: Type.Optional(bootstrapSchema),
    desiredConfig: Type.Optional(
      configSchema('The config that the bot is to run by; stored before it is served.', 'Since when.'),
    ),
    issuedConfigs: Type.Optional(
      Type.Array(Type.String(), { description: 'Ids of the last configs, newest last, at most ten.' }),
    ),
    appliedConfig: Type.Optional(configSchema('The config that the bot acknowledged last.', 'Since when.')),
    lastHeartbeatTime: Type.Optional(
      time('When the bot was last heard, as of the last write: at most hourly, or when its health changes.'),
    ),
    remediations: Type.Optional(
      Type.Object(
        { count: Type.Integer({ minimum: 0 }), lastAt: time('When the last one began.') },
        {
          additionalProperties: false,
          description: 'Reboots or replacements because of silence, at most three a day.',
        },
      ),
    ),
    bootReplaced: Type.Optional(
      Type.Boolean({
        description: 'The droplet replaces one that stayed `new` for too long. Gone once one has come up.',
      }),
    ),
    replacements: Type.Optional(
      Type.Object(
        { count: Type.Integer({ minimum: 0 }), lastAt: time('When the last one began.') },
        {
          additionalProperties: false,
          description: 'Droplets re-created because they were lost; spaced out by back-off.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'What clawfleet reports of the bot.' },
);

export type BotStatus = Static<typeof botStatusSchema>;
export type Phase = (typeof phases)[number];
export type DropletRecord = NonNullable<BotStatus['droplet']>;
export type CreateAttempt = NonNullable<BotStatus['createAttempt']>;
export type Operation = NonNullable<BotStatus['operation']>;
export type Refusal = NonNullable<BotStatus['refusal']>;
export type Registration = NonNullable<BotStatus['registration']>;
export type RegistrationToken = Registration['tokens'][number];
export type ConfigRecord = NonNullable<BotStatus['desiredConfig']>;
