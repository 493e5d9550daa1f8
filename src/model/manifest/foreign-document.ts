import { valueAt } from '../schema/field-path.ts';
import { nearestName } from '../schema/nearest-name.ts';
import { group, isListKind, kinds } from './kinds.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Whether a document is none of clawfleet's, so that it may lie beside bots: a Namespace, a kustomization, a chart's
 * values. Whatever may have been meant for a bot is not foreign, down to a file that was cut off within its first words:
 * to pass over a misspelt bot would be to delete it.
 */
export function isForeign(document: Mapping): boolean {
  const { apiVersion, kind } = document;
  if (valueAt(document, ['spec', 'accountRef']) !== undefined) return false;
  if (!Object.hasOwn(document, 'apiVersion')) return !resemblesKind(kind) && !hasBody(document);
  if (typeof apiVersion !== 'string') return false;
  const [given, version] = apiVersion.split('/');
  if (resembles(given, [group])) return false;
  if (!Object.hasOwn(document, 'kind')) return !hasBody(document);
  if (typeof kind !== 'string') return false;
  // Without a group it is one of Kubernetes' own kinds, or ours with the group forgotten.
  return version !== undefined || !resemblesKind(kind);
}

function resemblesKind(kind: unknown): boolean {
  // A PodList is near to a BotList, but none.
  return isListKind(kind) || resembles(kind, [...Object.keys(kinds), 'List']);
}

function resembles(given: unknown, known: readonly string[]): boolean {
  if (given === undefined) return false;
  if (typeof given !== 'string') return true;
  return known.some((name) => name.startsWith(given)) || nearestName(given, known) !== undefined;
}

function hasBody(document: Mapping): boolean {
  return ['metadata', 'spec', 'items'].some((field) => Object.hasOwn(document, field));
}
