import { longestStepName, mostFailedSteps } from '../agent-report.ts';
import { type Static, sha256Schema, Type, timeSchema } from '../schema/schema-words.ts';
import { conditionSchema } from './condition.ts';
import {
  createAttemptSchema,
  dropletStatusSchema,
  operationSchema,
  refusalSchema,
  refusedOrderSchema,
} from './droplet-status.ts';

const registrationTokenSchema = Type.Object(
  {
    sha256: sha256Schema('Of a registration token.'),
    attemptID: Type.Optional(Type.String({ description: 'The create that it was made for, if any.' })),
    birth: Type.Optional(Type.Integer({ minimum: 1, description: 'The number of that create.' })),
    issuedAt: timeSchema('When it was issued.'),
    runningSince: Type.Optional(
      timeSchema('Since when its life has been running: it stands still while the droplet is not active.'),
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
          sha256: sha256Schema('Of the agent’s token.'),
          registrationSHA256: sha256Schema('Of the registration token that it was redeemed for.'),
          registeredAt: timeSchema('When.'),
          tokenIssuedAt: Type.Optional(timeSchema('When that registration token was issued.')),
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
      timeSchema('Since when it has been at work: its time stands still while the droplet is not active.'),
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
      since: timeSchema(since),
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
      timeSchema(
        'When the bot was last heard, as of the last write: at most hourly, or when its health changes.',
      ),
    ),
    remediations: Type.Optional(
      Type.Object(
        { count: Type.Integer({ minimum: 0 }), lastAt: timeSchema('When the last one began.') },
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
        { count: Type.Integer({ minimum: 0 }), lastAt: timeSchema('When the last one began.') },
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
export type DropletTemplate = CreateAttempt['template'];
export type Operation = NonNullable<BotStatus['operation']>;
export type Refusal = NonNullable<BotStatus['refusal']>;
export type Registration = NonNullable<BotStatus['registration']>;
export type RegistrationToken = Registration['tokens'][number];
export type ConfigRecord = NonNullable<BotStatus['desiredConfig']>;
