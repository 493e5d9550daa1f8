import { accountManifestSchema, botManifestSchema, secretManifestSchema } from '../check/checked-schemas.ts';
import { schemaValidator } from '../check/schema-validator.ts';
import type { Problem } from '../problem.ts';
import { type ResourceKey, resourceKey } from '../resource-key.ts';
import { fieldText, valueAt } from '../schema/field-path.ts';
import { problemOf, type Violation } from '../schema/violation.ts';
import type { AccountSpec } from '../spec/account-spec.ts';
import type { BotSpec } from '../spec/bot-spec.ts';
import { botRules } from '../spec/rules.ts';
import type { Kind } from './kinds.ts';
import type { YamlDocument } from './yaml-documents.ts';

interface ManifestBase {
  readonly key: ResourceKey;
  readonly namespace: string;
  readonly name: string;
  /** File, line and column of the document's start. */
  readonly where: string;
  /** Empty if the declaration is valid. */
  readonly problems: readonly Problem[];
}

/** A declaration as read; `spec` is undefined if it is not valid. */
export type Manifest =
  | (ManifestBase & { readonly kind: 'Bot'; readonly spec: BotSpec | undefined })
  | (ManifestBase & { readonly kind: 'Account'; readonly spec: AccountSpec | undefined })
  | (ManifestBase & { readonly kind: 'Secret'; readonly data: Readonly<Record<string, string>> });

const validateBot = schemaValidator('botManifest', botManifestSchema, botRules);
const validateAccount = schemaValidator('accountManifest', accountManifestSchema, []);
const validateSecret = schemaValidator('secretManifest', secretManifestSchema, []);

/** A manifest, or the reasons why not even its name could be read. */
export type ReadManifest =
  | { readonly manifest: Manifest; readonly problems: readonly [] }
  | { readonly manifest: undefined; readonly problems: readonly Problem[] };

/** Reads a document whose kind and apiVersion are known to be those of `kind`. */
export function readManifest(kind: Kind, document: YamlDocument): ReadManifest {
  const { violations, content } = readUnambiguous(kind, document);
  const name = valueAt(document.value, ['metadata', 'name']);
  const namespace = valueAt(document.value, ['metadata', 'namespace']) ?? 'default';
  const object = typeof name === 'string' ? `${kind} ${namespace}/${name}` : kind;
  const problems = violations.map((violation) =>
    problemOf(violation, document.where(violation.path), object),
  );
  if (violations.some(concernsIdentity)) return { manifest: undefined, problems };
  const [space, own] = [String(namespace), String(name)];
  const identity = { key: resourceKey(space, own), namespace: space, name: own };
  return { manifest: { ...identity, where: document.where([]), problems, ...content }, problems: [] };
}

/** Refuses what Kubernetes reads differently; a field that its schema refuses anyway is reported once. */
function readUnambiguous(kind: Kind, { value, ambiguities = [] }: YamlDocument): Reading {
  const reading = readers[kind](value);
  if (ambiguities.length === 0) return reading;
  const reported = new Set(reading.violations.map(({ path }) => fieldText(path)));
  const others = ambiguities.filter(({ path }) => !reported.has(fieldText(path)));
  return { violations: [...reading.violations, ...others], content: withoutContent[kind] };
}

const withoutContent: Readonly<Record<Kind, Content>> = {
  Bot: { kind: 'Bot', spec: undefined },
  Account: { kind: 'Account', spec: undefined },
  Secret: { kind: 'Secret', data: {} },
};

/** Without a valid name and namespace, it is unknown what is declared. */
function concernsIdentity({ path: [first, second] }: Violation): boolean {
  return first === 'metadata' && (second === undefined || second === 'name' || second === 'namespace');
}

type Content<M = Manifest> = M extends Manifest
  ? Pick<M, Exclude<keyof M, 'key' | 'namespace' | 'name' | 'where' | 'problems'>>
  : never;

interface Reading {
  readonly violations: readonly Violation[];
  readonly content: Content;
}

const readers: Readonly<Record<Kind, (document: unknown) => Reading>> = {
  Bot: (document) => {
    const { value, violations } = validateBot(document);
    return { violations, content: { kind: 'Bot', spec: value?.spec } };
  },
  Account: (document) => {
    const { value, violations } = validateAccount(document);
    return { violations, content: { kind: 'Account', spec: value && (value.spec ?? {}) } };
  },
  Secret: (document) => {
    const { value, violations } = validateSecret(document);
    const all = value ? base64Violations(value) : violations;
    return {
      violations: all,
      content: { kind: 'Secret', data: value && all.length === 0 ? secretData(value) : {} },
    };
  },
};

/** A Secret's two blocks, as in Kubernetes: `data` in base64, `stringData` in plain text, which wins. */
interface SecretBlocks {
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Every key with its text. */
function secretData({ data, stringData }: SecretBlocks): Readonly<Record<string, string>> {
  const decoded = Object.entries(data ?? {}).map(([key, text]) => [key, decode(text)] as const);
  return Object.fromEntries([...decoded, ...Object.entries(stringData ?? {})]);
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** The keys whose value is not base64. */
function base64Violations({ data }: SecretBlocks): readonly Violation[] {
  return Object.entries(data ?? {})
    .filter(([, text]) => !isBase64(text))
    .map(([key]) => ({ path: ['data', key], rule: 'must be base64; plain text goes into stringData' }));
}

/** Line breaks are allowed, as people wrap long values. */
function isBase64(text: string): boolean {
  const joined = text.replace(/[\r\n]/g, '');
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
}
