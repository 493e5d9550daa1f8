import { yamlText } from '../../model/manifest/yaml-text.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { ResourceKind } from '../select/resource-args.ts';
import type { AnyRecord } from '../select/selection.ts';
import { counted } from '../text/money.ts';
import type { Paint } from '../text/paint.ts';
import { layTable, type RenderedTable, type TableOptions } from '../text/table.ts';
import { accountColumns } from './account-columns.ts';
import { botColumns } from './bot-columns.ts';
import { isReady } from './bot-view.ts';
import { objectForm, objectsForm } from './object-form.ts';

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
