import { PortError } from '../../ports/port-error.ts';
import type { StoredEvent } from '../../ports/source.ts';
import { ageSince } from '../text/age.ts';
import { renderTable } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';

/** The history kept under a name, or why it cannot be read. */
export type ReadEvents = readonly StoredEvent[] | PortError;

/** The events of the bot or account with this uid: earlier bots of the name have histories of their own. */
export function eventLines(uid: string, events: ReadEvents, now: number, paint: Paint): string[] {
  if (events instanceof PortError) return [`  They cannot be read: ${events.message}`];
  const own = events.filter((event) => event.uid === uid);
  if (own.length === 0) return [];
  const columns = [
    { header: 'LAST', cell: (event: StoredEvent) => eventAge(event, now) },
    {
      header: 'TYPE',
      cell: ({ type }: StoredEvent) => (type === 'Warning' ? { text: type, style: 'yellow' as const } : type),
    },
    { header: 'REASON', cell: (event: StoredEvent) => event.reason },
    { header: 'MESSAGE', cell: (event: StoredEvent) => event.message },
  ];
  return renderTable(columns, own, { paint, indent: '  ' }).split('\n');
}

function eventAge({ count, firstAt, lastAt }: StoredEvent, now: number): string {
  const last = ageSince(lastAt, now);
  return count > 1 ? `${last} (x${count} over ${ageSince(firstAt, now)})` : last;
}
