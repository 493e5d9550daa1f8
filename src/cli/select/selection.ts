import { byKey } from '../../kit/by-key.ts';
import type { AccountRecord, BotRecord } from '../../model/records.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { counted } from '../text/money.ts';
import { findRecord, parseKey, type ResourceKind } from './resource-args.ts';

/** Which records are asked for. */
export interface Selection {
  readonly kind: ResourceKind;
  /** Those of the namespace when empty. */
  readonly names: readonly string[];
  readonly namespace: string;
  readonly all: boolean;
}

export type AnyRecord = BotRecord | AccountRecord;

export interface Selected {
  /** By namespace and name. */
  readonly records: readonly AnyRecord[];
  /** What to do next, when there is nothing. */
  readonly hint?: string;
}

/** Throws when a name is given that there is not. */
export function selectRecords(reader: SourceReader, selection: Selection): Selected {
  const { kind, names, namespace, all } = selection;
  const known: readonly AnyRecord[] = kind === 'bot' ? reader.bots() : reader.accounts();
  if (names.length > 0) {
    return { records: names.map((name) => findRecord(kind, parseKey(name, namespace), known)) };
  }
  const records = known.filter((record) => all || record.namespace === namespace).sort(byKey);
  return records.length > 0 ? { records } : { records, hint: emptyHint(selection, known) };
}

function emptyHint({ kind, namespace, all }: Selection, known: readonly AnyRecord[]): string {
  const where = all ? '' : ` in namespace ${namespace}`;
  const next =
    known.length > 0
      ? `${counted(known.length, kind)} elsewhere: add -A to see ${known.length === 1 ? 'it' : 'them'}.`
      : 'Declare some; `clawfleet validate PATH` checks them first.';
  return `No ${kind}s${where}. ${next}`;
}
