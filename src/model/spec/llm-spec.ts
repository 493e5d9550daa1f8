import { type Static, Type } from '../schema/schema-words.ts';
import { dnsSubdomainPattern } from './metadata-schema.ts';

const secretKeyRef = {
  name: Type.String({
    minLength: 1,
    maxLength: 253,
    pattern: dnsSubdomainPattern,
    description: 'Name of a Secret in the same namespace.',
  }),
  key: Type.String({
    minLength: 1,
    maxLength: 253,
    pattern: '^[-._a-zA-Z0-9]+$',
    description: 'Key in the Secret.',
  }),
};

/** A key of a Secret in the same namespace that holds what `description` says. */
export function secretKeyRefSchema(description: string) {
  return Type.Object(secretKeyRef, { additionalProperties: false, description });
}

export type SecretKeyRef = Static<ReturnType<typeof secretKeyRefSchema>>;

/** The language model the bot talks to. The key itself is never in a manifest. */
export const llmSchema = Type.Object(
  {
    provider: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-z0-9][a-z0-9._-]*$',
      description: 'Provider’s name.',
    }),
    apiKey: Type.Object(
      {
        secretRef: Type.Optional(secretKeyRefSchema('The key, in a Secret of the bot’s namespace.')),
        encrypted: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 8192,
            description: 'The key encrypted by `clawfleet encrypt` (AES-256-GCM).',
          }),
        ),
      },
      { additionalProperties: false, description: 'Exactly one of secretRef and encrypted.' },
    ),
  },
  { additionalProperties: false, description: 'Language model and its key.' },
);
