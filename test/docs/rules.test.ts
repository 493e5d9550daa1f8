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
const documents = ['README.md', ...all.filter((file) => file.endsWith('.md'))];

/** Every page that a file names, with the section of it where one is given. */
function citationsIn(file: string) {
  return [...textOf(file).matchAll(/([\w./-]+\.md)\b(?:#([\w-]+))?/g)].map(([, path = '', anchor]) => ({
    file,
    path,
    anchor,
  }));
}

type Citation = ReturnType<typeof citationsIn>[number];

/** Whether it names a section of a page of rules that is not there. */
function isLost({ path, anchor }: Citation): boolean {
  const found = pages.find((page) => basename(page) === basename(path));
  return found !== undefined && !rules.get(found)?.some((rule) => rule.anchor === anchor);
}

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

describe('a citation', () => {
  it('in a comment is of a page of this repository', () => {
    const names = new Set(documents.map((file) => basename(file)));
    const lost = code
      .flatMap(citationsIn)
      .filter(({ file, path }) => !(path.includes('/') ? isFile(file, path) : names.has(path)));
    assert.deepEqual(lost, []);
  });

  it('in a comment names the section of a page of rules', () => {
    const lost = code
      .filter((file) => !file.startsWith('test/docs/'))
      .flatMap(citationsIn)
      .filter(isLost);
    assert.deepEqual(lost, []);
  });

  it('in a document names no section that is not there', () => {
    const lost = documents
      .flatMap(citationsIn)
      .filter((citation) => citation.anchor !== undefined && isLost(citation));
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
