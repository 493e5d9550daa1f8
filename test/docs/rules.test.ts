import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { type Rule, rulesOf, titlesOf } from './rule-page.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['src/decide/HARD-CASES.md', 'src/adapters/digitalocean/TRAPS.md'];
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const rules = new Map(pages.map((page) => [page, rulesOf(textOf(page))]));

const filesUnder = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`);
const all = ['src', 'test', 'scripts', 'deploy', 'crds', '.github'].flatMap((folder) =>
  existsSync(join(root, folder)) ? filesUnder(folder) : [],
);
const code = all.filter((file) => /^(src|test|scripts)\/.*\.(ts|sh|mjs)$/.test(file));

/** Every citation of a page in the comments and texts of the code, as `file: page#anchor`. */
const citations = code.flatMap((file) =>
  [...textOf(file).matchAll(/(?<path>[\w./-]+\.md)\b(?<anchor>#[\w-]+)?/g)].map(({ groups = {} }) => ({
    file,
    path: groups['path'] ?? '',
    anchor: groups['anchor']?.slice(1),
  })),
);

for (const [page, found] of rules) {
  describe(`the rules in ${page}`, () => {
    it('have an anchor of their own each', () => {
      const anchors = found.map(({ anchor }) => anchor);
      assert.notEqual(anchors.length, 0);
      assert.deepEqual(anchors.toSorted(), [...new Set(anchors)].sort());
    });

    it('name the code that holds them', () => {
      assert.deepEqual(
        found.filter(({ code }) => code.length === 0).map(({ heading }) => heading),
        [],
      );
      assert.deepEqual(found.flatMap(missingCode), []);
    });

    it('name tests that exist', () => {
      assert.deepEqual(
        found.filter(({ tests }) => tests.length === 0).map(({ heading }) => heading),
        [],
      );
      assert.deepEqual(found.flatMap(missingTests), []);
    });

    it('lead on to sections that exist', () => {
      const links = [...textOf(page).matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
      assert.deepEqual(
        links.filter((anchor) => !found.some((rule) => rule.anchor === anchor)),
        [],
      );
    });
  });
}

describe('a comment that cites a page', () => {
  it('cites one of this repository', () => {
    const names = new Set(['README.md', ...all.map((file) => basename(file))]);
    const lost = citations.filter(
      ({ file, path }) => !(path.includes('/') ? isFile(file, path) : names.has(path)),
    );
    assert.deepEqual(lost, []);
  });

  it('cites a section that exists, where it is a page of rules', () => {
    const lost = citations.filter(({ file, path, anchor }) => {
      const page = pages.find((one) => basename(one) === basename(path));
      return (
        page && !file.startsWith('test/docs/') && !rules.get(page)?.some((rule) => rule.anchor === anchor)
      );
    });
    assert.deepEqual(lost, []);
  });
});

/** By its path in the repository, or from where it is cited. */
function isFile(citedBy: string, path: string): boolean {
  return existsSync(join(root, path)) || existsSync(join(root, dirname(citedBy), path));
}

function missingCode({ heading, code }: Rule): string[] {
  return code.filter((file) => !existsSync(join(root, file))).map((file) => `${heading}: ${file}`);
}

function missingTests({ heading, tests }: Rule): string[] {
  return tests.flatMap(({ file, titles }) => {
    if (titles.length === 0) return [`${heading}: ${file} without a title`];
    if (!existsSync(join(root, file))) return [`${heading}: ${file}`];
    const known = titlesOf(textOf(file));
    return titles.filter((title) => !known.has(title)).map((title) => `${heading}: ${file}: "${title}"`);
  });
}
