import { type Static, Type } from '../schema/schema-words.ts';
import { secretKeyRefSchema } from './llm-spec.ts';

const defaultTier = 'free';

/** What an Account's owner declares. */
export const accountSpecSchema = Type.Object(
  {
    tier: Type.Optional(
      Type.Enum(['free', 'basic', 'pro'], {
        default: defaultTier,
        description: 'Most bots: free 0, basic 2, pro 4.',
      }),
    ),
    maxBots: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100_000,
        description: 'Most bots, in place of the tier’s number.',
      }),
    ),
    monthlyBudgetUSD: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Most that the account’s droplets may cost a month, by list price. Gates creates and upsizes; destroys nothing.',
      }),
    ),
    tokenSecretRef: Type.Optional(
      secretKeyRefSchema(
        'DigitalOcean token of the account’s own, in a Secret of its namespace; else the controller’s is used.',
      ),
    ),
  },
  { additionalProperties: false, default: {}, description: 'What the account may have.' },
);

export type AccountSpec = Static<typeof accountSpecSchema>;

const tierLimits = { free: 0, basic: 2, pro: 4 } as const;

export function tierOf(spec: AccountSpec): keyof typeof tierLimits {
  return spec.tier ?? defaultTier;
}

/** How many bots the account may have. */
export function botLimit(spec: AccountSpec): number {
  return spec.maxBots ?? tierLimits[tierOf(spec)];
}

export const accountStatusSchema = Type.Object(
  {
    used: Type.Optional(Type.Integer({ minimum: 0, description: 'Bots that hold a place.' })),
    waiting: Type.Optional(Type.Integer({ minimum: 0, description: 'Bots that wait for a place.' })),
    limit: Type.Optional(Type.Integer({ minimum: 0, description: 'Most bots.' })),
    costMonthlyUSD: Type.Optional(
      Type.Number({ minimum: 0, description: 'List price of the account’s droplets for a month.' }),
    ),
    observedGeneration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Generation of the spec that this status is about.' }),
    ),
  },
  { additionalProperties: false, description: 'What clawfleet reports of the account.' },
);

export type AccountStatus = Static<typeof accountStatusSchema>;
