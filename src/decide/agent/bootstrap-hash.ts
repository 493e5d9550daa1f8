import { createHash } from 'node:crypto';
import { canonicalJSON } from '../../model/sharing/canonical-json.ts';
import type { BotSpec } from '../../model/spec/bot-spec.ts';

const hashes = new WeakMap<BotSpec, string>();

/** SHA-256, in hex, of the declared bootstrap block as canonical JSON. */
export function bootstrapHash(spec: BotSpec): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const hash = createHash('sha256')
    .update(canonicalJSON(spec.bootstrap ?? {}))
    .digest('hex');
  hashes.set(spec, hash);
  return hash;
}
