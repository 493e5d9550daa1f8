import { type Static, Type } from '../schema/schema-words.ts';
import { bootstrapSpecSchema } from './bootstrap-spec.ts';
import { dropletSpecSchema } from './droplet-spec.ts';
import { llmSchema } from './llm-spec.ts';
import { dnsSubdomainPattern } from './metadata-schema.ts';
import { riskSchema, tradingSchema } from './trading-spec.ts';

const requestSchema = (what: string) =>
  Type.String({
    maxLength: 128,
    description: `Asks once for a ${what}: any new value does, a date for instance. The value present when the bot is first seen asks for nothing.`,
  });

/** Each scalar default is written once: the schema has it for the API server, the functions below for us. */
const defaults = {
  persona: 'beginner',
  powerState: 'Running',
  heartbeatTimeoutSeconds: 120,
  remediation: 'None',
} as const;

/** What a Bot's owner declares. */
export const botSpecSchema = Type.Object(
  {
    accountRef: Type.Object(
      {
        name: Type.String({
          minLength: 1,
          maxLength: 253,
          pattern: dnsSubdomainPattern,
          description: 'Name of an Account in the same namespace.',
        }),
      },
      { additionalProperties: false, description: 'The account whose quota and token this bot uses.' },
    ),
    displayName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description:
          'Name for people. Characters outside [A-Za-z0-9 _-] become _, it is trimmed and cut at 64 characters. Default: metadata.name.',
      }),
    ),
    persona: Type.Optional(
      Type.Enum(['beginner', 'tweaker', 'quant_lite'], {
        default: defaults.persona,
        description: 'Kind of trader the bot plays.',
      }),
    ),
    trading: Type.Optional(tradingSchema),
    risk: Type.Optional(riskSchema),
    llm: Type.Optional(llmSchema),
    droplet: Type.Optional(dropletSpecSchema),
    bootstrap: Type.Optional(bootstrapSpecSchema),
    powerState: Type.Optional(
      Type.Enum(['Running', 'Stopped'], {
        default: defaults.powerState,
        description: 'Whether the droplet runs. A stopped droplet is shut down, kept, and still billed.',
      }),
    ),
    rebootRequest: Type.Optional(requestSchema('reboot')),
    redeployRequest: Type.Optional(requestSchema('redeploy (destroy the droplet and create a new one)')),
    registrationTokenSHA256: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description:
          'Asks once that the agent may register again, with the token of which this is the SHA-256 in hex; `clawfleet token` makes one. The value present when the bot is first seen asks for nothing.',
      }),
    ),
    deletionPolicy: Type.Optional(
      Type.Enum(['Delete', 'Orphan'], {
        description:
          'What becomes of the droplet when the bot is deleted: destroyed, or released to run on. Default: Delete; Orphan for a bot with `adopt`.',
      }),
    ),
    deletionProtection: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Keeps the bot when it is deleted or no longer declared: it runs on, says so, and goes once this is false or `clawfleet confirm delete NAME` lets it go. A stop, a redeploy and `deletionPolicy` are not affected.',
      }),
    ),
    adopt: Type.Optional(
      Type.Object(
        {
          dropletID: Type.Integer({
            minimum: 1,
            description: 'Id of a droplet that exists and was marked by `clawfleet adopt`.',
          }),
          botID: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 64,
              description: 'Id under which the droplet’s agent knows itself.',
            }),
          ),
          tokenSHA256: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'SHA-256 of the agent’s present token, in hex.',
            }),
          ),
        },
        { additionalProperties: false, description: 'Takes over a droplet that exists; nothing is rebuilt.' },
      ),
    ),
    health: Type.Optional(
      Type.Object(
        {
          heartbeatTimeoutSeconds: Type.Optional(
            Type.Integer({
              minimum: 60,
              maximum: 86_400,
              default: defaults.heartbeatTimeoutSeconds,
              description: 'Silence after which the bot counts as unhealthy. It beats every 30 s.',
            }),
          ),
          remediation: Type.Optional(
            Type.Enum(['None', 'Reboot', 'Replace'], {
              default: defaults.remediation,
              description: 'What is done about a silent bot.',
            }),
          ),
        },
        { additionalProperties: false, description: 'How silence is judged.' },
      ),
    ),
  },
  { additionalProperties: false, description: 'What the bot should be.' },
);

export type BotSpec = Static<typeof botSpecSchema>;
export type PowerState = NonNullable<BotSpec['powerState']>;
export type DeletionPolicy = NonNullable<BotSpec['deletionPolicy']>;
export type RemediationPolicy = NonNullable<NonNullable<BotSpec['health']>['remediation']>;
export type Persona = NonNullable<BotSpec['persona']>;

/** The deletion policy in force: Orphan by default for an adopted bot, else Delete. */
export function deletionPolicyOf(spec: BotSpec): DeletionPolicy {
  return spec.deletionPolicy ?? (spec.adopt ? 'Orphan' : 'Delete');
}

/** Silence after which the bot counts as unhealthy, in milliseconds. */
export function heartbeatTimeoutOf({ health }: BotSpec): number {
  return (health?.heartbeatTimeoutSeconds ?? defaults.heartbeatTimeoutSeconds) * 1_000;
}

export function powerStateOf(spec: BotSpec): PowerState {
  return spec.powerState ?? defaults.powerState;
}

export function personaOf(spec: BotSpec): Persona {
  return spec.persona ?? defaults.persona;
}

/** What is done about the bot's silence. */
export function remediationOf({ health }: BotSpec): RemediationPolicy {
  return health?.remediation ?? defaults.remediation;
}
