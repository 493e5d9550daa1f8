import { isBot } from '../../model/sharing/declare-record.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { type AnyRecord, type Selection, selectRecords } from '../select/selection.ts';
import { printTo } from '../text/terminal.ts';
import { shownFleet } from '../view/fleet-view.ts';
import { type GetView, layRecords, showChange, showRecords } from '../view/get-view.ts';

/** Prints the listing, then whatever changes, until a signal ends it. */
export async function watchRecords(
  reader: SourceReader,
  selection: Selection,
  view: GetView,
  context: CliContext,
): Promise<void> {
  const { records } = selectRecords(reader, selection);
  await printTo(context.stdout, showRecords(records, view, shownFleet(reader)));
  const { widths } = layRecords(records, view);
  const changes = changeFinder(records);
  await new Promise<void>((resolve, reject) => {
    const stop = reader.watch(() => {
      try {
        const now = selectRecords(reader, { ...selection, names: [] }).records;
        for (const record of changes(now.filter(isNamed(records, selection)))) {
          context.stdout.write(`${showChange(record, view, widths)}\n`);
        }
      } catch (error) {
        stop();
        reject(error);
      }
    });
    context.onInterrupt(() => {
      stop();
      resolve();
    });
  });
}

function isNamed(first: readonly AnyRecord[], { names }: Selection): (record: AnyRecord) => boolean {
  const keys = new Set(first.map((record) => record.key));
  return (record) => names.length === 0 || keys.has(record.key);
}

/** Gives those that are new or differ from when they were last given; the last sight of what is gone, once. */
function changeFinder(first: readonly AnyRecord[]): (now: readonly AnyRecord[]) => AnyRecord[] {
  let before = new Map(first.map((record) => [record.key, record]));
  return (now) => {
    const after = new Map(now.map((record) => [record.key, record]));
    const changed = now.filter((record) => printOf(before.get(record.key)) !== printOf(record));
    const gone = [...before.values()].filter((record) => !after.has(record.key)).map(asGone);
    before = after;
    return [...changed, ...gone];
  };
}

function printOf(record: AnyRecord | undefined): string {
  return record ? JSON.stringify([record.uid, record.generation, record.status, record.problems]) : '';
}

function asGone(record: AnyRecord): AnyRecord {
  if (!isBot(record) || record.deletion) return record;
  return { ...record, deletion: { requestedAt: record.createdAt, implicit: true } };
}
