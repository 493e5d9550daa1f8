import type { SourceReader } from '../ports/source-reader.ts';

/** The same reader; closing it closes what it stands on, too. */
export function closingToo(reader: SourceReader, close: () => void): SourceReader {
  return {
    bots: () => reader.bots(),
    accounts: () => reader.accounts(),
    events: (key) => reader.events(key),
    fleet: () => reader.fleet(),
    health: () => reader.health(),
    boundNow: () => reader.boundNow(),
    secret: (namespace, ref) => reader.secret(namespace, ref),
    watch: (onChange) => reader.watch(onChange),
    close: () => {
      reader.close();
      close();
    },
  };
}
