import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { readSources } from '../lab/import-graph.ts';

const root = join(import.meta.dirname, '../..');
/** Files of src that people write: one more than this, and some of them want to be one. */
const mostFiles = 600;
const mostSiblings = 30;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && !file.includes('fixtures/'));
const sources = readSources('src', 'scripts', 'test');

/** Files and folders by the folder that they stand in. */
function siblings(): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    for (let path = file; path !== '.'; path = dirname(path)) {
      const folder = dirname(path);
      folders.set(folder, (folders.get(folder) ?? new Set()).add(path));
    }
  }
  return folders;
}

describe('the rooms', () => {
  it(`have ${mostSiblings} siblings at most`, () => {
    const full = [...siblings()].filter(([, inside]) => inside.size > mostSiblings);
    assert.deepEqual(
      full.map(([folder, { size }]) => `${folder}: ${size}`),
      [],
    );
  });

  it(`of src are ${mostFiles} files at most`, () => {
    const written = files.filter((file) => /^src\/.*\.ts$/.test(file) && !file.includes('/generated/'));
    assert.ok(written.length <= mostFiles, `${written.length} files`);
  });

  it('have no import circle, types included', () => {
    assert.deepEqual(circles(new Map(sources.map(({ file, imports }) => [file, imports]))), []);
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b']],
    ]);
    assert.deepEqual(circles(circle), ['b → c → b']);
  });

  it('export no two classes of one name', () => {
    const places = new Map<string, string[]>();
    for (const { file, text } of sources.filter((source) => source.file.startsWith('src/')))
      for (const [, name = ''] of text.matchAll(/^export (?:abstract )?class (\w+)/gm))
        places.set(name, [...(places.get(name) ?? []), file]);
    assert.deepEqual(
      [...places].filter(([, defined]) => defined.length > 1),
      [],
    );
  });
});

/** One line for each file from which a walk along the imports comes back into itself. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}
