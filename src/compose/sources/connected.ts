import type { SourceEditor, SourceReader } from '../../ports/source-reader.ts';

/** An editor each of whose changes is made over a connection of its own: `connected` opens it, and closes it after. */
export function connectedEditor(
  connected: <T>(act: (editor: SourceEditor) => Promise<T>) => Promise<T>,
): SourceEditor {
  return {
    edit: (key, edits) => connected((editor) => editor.edit(key, edits)),
    claims: (key, edits) => connected((editor) => editor.claims(key, edits)),
    editFleet: (change) => connected((editor) => editor.editFleet(change)),
    add: (manifest, name) => connected((editor) => editor.add(manifest, name)),
  };
}

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
