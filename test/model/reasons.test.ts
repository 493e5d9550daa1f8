import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const source = globSync('src/{decide,controller,cli,adapters/system}/**/*.ts', { cwd: root })
  .map((path) => readFileSync(root + path, 'utf8'))
  .join('\n');

/** How the code says why a bot is not Ready, or no account is good; the first group holds the reason, or several. */
const places = [
  /\b(?:progressing|stalled)\(\s*([^,()]*),/g,
  /(?<!type: '\w+', )\breason: ([^,}]*),\s*message\b/g,
  /\? \[([^,\]]*), missing\] : \[([^,\]]*), error\.message\]/g,
  /\brefusal\(\s*([^,()]*),/g,
  /\bproblems\.length (?:>|===) 0\) return ('\w+')/g,
  /\bisUnseen\(bot\)\) return ('Change\w+')/g,
];

/** Of conditions that are as they should be. */
const good = new Set(['Heard', 'BootstrapComplete']);

function reasonsInSource(): readonly string[] {
  const texts = places.flatMap((place) => [...source.matchAll(place)].flatMap(([, ...groups]) => groups));
  const words = texts.flatMap((text) => [...(text ?? '').matchAll(/'([A-Z]\w+)'/g)].map(([, word]) => word));
  return [...new Set(words.filter((word) => word !== undefined && !good.has(word)))].sort() as string[];
}

/** The words in the first column of the page's table. */
function reasonsOnPage(): readonly string[] {
  const [, table = ''] = readFileSync(`${root}deploy/REASONS.md`, 'utf8').split(
    '| you see | it means | what to do |',
  );
  const rows = table.split('\n\n')[0]?.split('\n') ?? [];
  return rows.flatMap((row) =>
    [...(row.split('|')[1]?.replace(/\(.*\)/, '') ?? '').matchAll(/`([A-Z]\w+)`/g)].map(
      ([, word = '']) => word,
    ),
  );
}

describe('the table of reasons in deploy/REASONS.md', () => {
  it('has every reason that the code gives', () => {
    const told = new Set(reasonsOnPage());
    const found = reasonsInSource();
    assert.ok(found.length > 40, `found ${found.length}`);
    assert.deepEqual(
      found.filter((reason) => !told.has(reason)),
      [],
    );
  });

  it('has none that the code does not give', () => {
    assert.deepEqual(
      reasonsOnPage().filter((reason) => !source.includes(`'${reason}'`)),
      [],
    );
  });

  it('has each once', () => {
    const told = reasonsOnPage();
    assert.deepEqual(
      told.filter((reason, index) => told.indexOf(reason) !== index),
      [],
    );
  });
});
