import type { Violation } from '../schema/violation.ts';

/** A Secret's two blocks, as in Kubernetes: `data` in base64, `stringData` in plain text, which wins. */
export interface SecretBlocks {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Every key with its text. */
export function secretData({ data, stringData }: SecretBlocks): Readonly<Record<string, string>> {
  const decoded = Object.entries(data ?? {}).map(([key, text]) => [key, decode(text)] as const);
  return Object.fromEntries([...decoded, ...Object.entries(stringData ?? {})]);
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** The keys whose value is not base64. */
export function base64Violations({ data }: SecretBlocks): readonly Violation[] {
  return Object.entries(data ?? {})
    .filter(([, text]) => !isBase64(text))
    .map(([key]) => ({ path: ['data', key], rule: 'must be base64; plain text goes into stringData' }));
}

/** Line breaks are allowed, as people wrap long values. */
function isBase64(text: string): boolean {
  const joined = text.replace(/[\r\n]/g, '');
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
}
