import { stringify } from 'yaml';

/** `value` as a YAML document. kubectl and Helm read YAML 1.1, where a bare `off` is false: such words are quoted. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}
