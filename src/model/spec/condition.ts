import { type Static, Type, timeSchema } from '../schema/schema-words.ts';

/** The condition types a Bot may show. Ready, Reconciling and Stalled follow kstatus. */
export const conditionTypes = [
  'Ready',
  'Reconciling',
  'Stalled',
  'QuotaGranted',
  'DropletReady',
  'AgentRegistered',
  'Bootstrapped',
  'ConfigApplied',
  'Healthy',
  'ReplacementNeeded',
  'BootstrapOutdated',
  'AdoptionDiffers',
  'UnknownDroplet',
  'AccountRestricted',
] as const;

export type ConditionType = (typeof conditionTypes)[number];

/** A condition as Kubernetes' API conventions have it. */
export const conditionSchema = Type.Object(
  {
    type: Type.Enum([...conditionTypes]),
    status: Type.Enum(['True', 'False', 'Unknown']),
    reason: Type.String({
      pattern: '^[A-Za-z][A-Za-z0-9]*$',
      maxLength: 128,
      description: 'One word in CamelCase, for machines.',
    }),
    message: Type.String({
      maxLength: 2048,
      description: 'For people: what is the matter and what to do next.',
    }),
    lastTransitionTime: timeSchema('When `status` last changed.'),
    observedGeneration: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);

export type Condition = Static<typeof conditionSchema>;
export type ConditionStatus = Condition['status'];

/** The condition of that type in a Bot's status, if it has one. */
export function conditionOf(
  { conditions }: { readonly conditions?: readonly Condition[] },
  type: ConditionType,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
