import { accountDefinition, botDefinition, type Definition } from '../src/model/crd/definitions.ts';
import { apiVersion } from '../src/model/manifest/kinds.ts';
import type { SchemaNode } from '../src/model/schema/schema-node.ts';

/** The tables of crds/README.md: every field that can be declared, and the status at a glance. */
export function resourceReference(): string {
  return [botDefinition, accountDefinition].map(section).join('\n\n');
}

function section({ names, description, spec, status }: Definition): string {
  return [
    `## ${names.kind}`,
    `\`apiVersion: ${apiVersion}\`, \`kind: ${names.kind}\`. ${description}`,
    table(['Field of `spec`', 'Type', 'Default', 'What it is'], declaredRows('', spec as SchemaNode)),
    table(['Field of `status`', 'What it is'], reportedRows(status as SchemaNode)),
  ].join('\n\n');
}

/** One row for each field, mappings before what is in them. */
function declaredRows(prefix: string, schema: SchemaNode): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, node]) => {
    const path = `${prefix}${name}`;
    const standard = schema.required?.includes(name) ? '**required**' : defaultText(node);
    return [
      [`\`${path}\``, typeText(node), standard, node.description ?? ''],
      ...declaredRows(`${path}.`, node),
    ];
  });
}

function reportedRows(schema: SchemaNode): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).map(([name, node]) => [
    `\`${name}\``,
    node.description ?? '',
  ]);
}

function defaultText({ type, default: value }: SchemaNode): string {
  if (value === undefined || type === 'object') return '';
  return `\`${JSON.stringify(value)}\``;
}

function typeText(node: SchemaNode): string {
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.type === 'array') return `list of ${node.items?.type ?? 'any'}`;
  if (node.type === 'object') return 'mapping';
  return [node.type, rangeText(node)].filter(Boolean).join(' ');
}

function rangeText({ minimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return minimum === undefined ? '' : `≥ ${minimum}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
