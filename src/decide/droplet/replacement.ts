import type { DropletTemplate } from '../../model/spec/bot-status.ts';
import {
  dropletFields,
  needsReplacement,
  type RecordedField,
  recordedFields,
} from '../../model/spec/droplet-fields.ts';
import { bootstrapHash } from '../agent/bootstrap.ts';
import type { Situation } from '../situation.ts';
import { checkResize } from './resize.ts';

/** Changes that only a new droplet can carry out, each with how it differs, such as `region nyc3 to fra1`. */
export function replacementReasons(situation: Situation): string[] {
  const template = situation.status.droplet?.template;
  if (!template) return [];
  const { wanted } = situation;
  const reasons = recordedFields
    .filter((field) => needsReplacement(field, wanted[field]) && differs(situation, template, field))
    .map((field) => reasonOf(field, template[field], wanted[field]));
  const size = checkResize(situation);
  return size.kind === 'smallerDisk' ? [...reasons, size.message] : reasons;
}

function reasonOf(field: RecordedField, made: unknown, wanted: unknown): string {
  if (dropletFields[field].change.by === 'switch') return `${field} off`;
  return Array.isArray(wanted) ? field : `${field} ${made ?? 'none'} to ${wanted ?? 'none'}`;
}

/**
 * A field left to its default, then and now, never differs: a new default replaces nothing. Declared fields
 * are compared with what was asked for at creation, never with what the cloud shows.
 */
function differs(situation: Situation, template: DropletTemplate, field: RecordedField): boolean {
  const declaredNow = situation.spec.droplet?.[field] !== undefined;
  if (!declaredNow && !template.declared.includes(field)) return false;
  return JSON.stringify(template[field]) !== JSON.stringify(situation.wanted[field]);
}

/** The bootstrap block has changed since the droplet was made; it takes effect at the next redeploy. */
export function bootstrapOutdated(situation: Situation): boolean {
  const template = situation.status.droplet?.template;
  return template !== undefined && template.bootstrapHash !== bootstrapHash(situation.spec);
}
