import type { Hold } from '../../model/fleet-state.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';
import { counted } from '../text/money.ts';

const mostNamed = 5;
const whatOf: Readonly<Record<Hold['kind'], string>> = {
  delete: 'no longer declared and not deleted',
  recreate: 'without droplet and not created again',
  destroy: 'with a droplet that is kept though it was to be destroyed',
};

/** What is held, until when, and the command that lets it go; undefined when nothing is, or the user may not read it. */
export function heldHint(reader: SourceReader): string | undefined {
  try {
    return reader.fleet()?.holds.map(lineOf).join('\n') || undefined;
  } catch (error) {
    if (faultOf(error, 'refused')) return undefined;
    throw error;
  }
}

function lineOf({ kind, keys, until }: Hold): string {
  const end = until === undefined ? '' : ` until ${until}`;
  const names = keys.length > mostNamed ? '--all' : keys.join(' ');
  const command = `clawfleet confirm ${kind} ${names}`;
  return `${counted(keys.length, 'bot')} ${whatOf[kind]}${end}, unless you run \`${command}\` (with --dry-run first, to look).`;
}
