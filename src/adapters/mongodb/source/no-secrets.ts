import type { SecretKeyRef } from '../../../model/spec/llm-spec.ts';
import { PortError } from '../../../ports/port-error.ts';

/** A database of documents holds no Secrets: whoever may read it would read them too. Says what to do instead. */
export function noSecrets(namespace: string, { name }: SecretKeyRef): never {
  throw new PortError(
    { kind: 'absent' },
    `Secret ${namespace}/${name} cannot be there: MongoDB holds no Secrets. A language model’s key goes into ` +
      'llm.apiKey.encrypted, made by `clawfleet encrypt`; an account’s own token is for other sources',
  );
}
