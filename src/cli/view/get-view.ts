import { apiVersion } from '../../model/manifest/kinds.ts';
import { yamlText } from '../../model/manifest/yaml-text.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { ResourceKind } from '../select/resource-args.ts';
import type { AnyRecord } from '../select/selection.ts';
import { counted } from '../text/money.ts';
import { layTable, type RenderedTable, type TableOptions } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';
import { accountColumns } from './account-columns.ts';
import { botColumns } from './bot-columns.ts';
import { isReady } from './bot-view.ts';

/** How records are shown; the table when `output` is undefined. */
export interface GetView {
  readonly kind: ResourceKind;
  readonly output: 'wide' | 'json' | 'yaml' | 'name' | undefined;
  readonly withNamespace: boolean;
  /** One was asked for by name: an object instead of a List. */
  readonly single: boolean;
  readonly paint: Paint;
  now(): number;
}

export function showRecords(records: readonly AnyRecord[], view: GetView, fleetID?: string): string {
  switch (view.output) {
    case 'json':
      return JSON.stringify(objectsForm(kindName(view), records, view.single), null, 2);
    case 'yaml':
      return yamlText(objectsForm(kindName(view), records, view.single)).trimEnd();
    case 'name':
      return records.map((record) => nameOf(view, record)).join('\n');
    default:
      return [...fleetLine(records, view, fleetID), ...layRecords(records, view).lines].join('\n');
  }
}

/** One change, as `--watch` prints it after the first listing; rows keep the widths they had. */
export function showChange(record: AnyRecord, view: GetView, widths: readonly number[]): string {
  switch (view.output) {
    case 'json':
      return JSON.stringify(objectForm(kindName(view), record));
    case 'yaml':
      return `---\n${yamlText(objectForm(kindName(view), record)).trimEnd()}`;
    case 'name':
      return nameOf(view, record);
    default:
      return layRecords([record], view, { widths, headless: true }).lines.join('\n');
  }
}

export function layRecords(
  records: readonly AnyRecord[],
  view: GetView,
  further: Pick<TableOptions, 'widths' | 'headless'> = {},
): RenderedTable {
  const { kind, paint, withNamespace } = view;
  const wide = view.output === 'wide';
  const options = { paint, ...further };
  return kind === 'bot'
    ? layTable(botColumns(view.now(), wide, withNamespace), records as readonly BotRecord[], options)
    : layTable(accountColumns(view.now(), wide, withNamespace), records as readonly AccountRecord[], options);
}

function kindName({ kind }: GetView): 'Bot' | 'Account' {
  return kind === 'bot' ? 'Bot' : 'Account';
}

function nameOf({ kind, withNamespace }: GetView, record: AnyRecord): string {
  return withNamespace ? record.key : `${kind}/${record.name}`;
}

function fleetLine(records: readonly AnyRecord[], view: GetView, fleetID: string | undefined): string[] {
  if (view.output !== 'wide' || view.kind !== 'bot') return [];
  const ready = (records as readonly BotRecord[]).filter(isReady).length;
  const fleet = fleetID ?? '(none yet: `clawfleet run` makes it)';
  return [view.paint('dim', `Fleet ${fleet}: ${counted(records.length, 'bot')}, ${ready} ready`)];
}

/** A record as the Kubernetes API would show it, so that the same `jq` reads both. */
function objectForm(kind: 'Bot' | 'Account', record: BotRecord | AccountRecord): object {
  const deletion = 'deletion' in record ? record.deletion : undefined;
  return {
    apiVersion,
    kind,
    metadata: {
      name: record.name,
      namespace: record.namespace,
      uid: record.uid,
      generation: record.generation,
      resourceVersion: record.version,
      creationTimestamp: record.createdAt,
      ...(deletion ? { deletionTimestamp: deletion.requestedAt } : {}),
      annotations: { 'clawfleet.dev/declared-in': record.origin },
    },
    ...(record.spec ? { spec: record.spec } : {}),
    status: record.status,
  };
}

/** One object when one was asked for by name, else a List. */
function objectsForm(
  kind: 'Bot' | 'Account',
  records: readonly (BotRecord | AccountRecord)[],
  single: boolean,
): object {
  const items = records.map((record) => objectForm(kind, record));
  return single && items[0] ? items[0] : { apiVersion: 'v1', kind: 'List', items };
}
