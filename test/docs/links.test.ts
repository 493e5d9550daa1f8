import assert from 'node:assert/strict';
import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { type Page, pageAt, pageOf, pages, root } from './page.ts';

const topFolders = /^(src|test|deploy|scripts|crds|\.github)\//;

describe('the pages', () => {
  it('are all found', () => {
    const paths = pages.map(({ path }) => path);
    for (const path of [
      'README.md',
      '.github/CONTRIBUTING.md',
      'deploy/README.md',
      'src/decisions/README.md',
    ])
      assert.ok(paths.includes(path), path);
  });

  for (const page of pages) {
    it(`${page.path} links to files and headings that exist`, () => {
      assert.deepEqual(
        page.links.filter((target) => !leadsSomewhere(page, target)),
        [],
      );
    });

    it(`${page.path} names files that exist`, () => {
      assert.deepEqual(
        page.spans.filter(isPath).filter((path) => !exists(page, path)),
        [],
      );
    });
  }

  it('name many files and headings, so that these checks see something', () => {
    const count = (of: (page: Page) => readonly string[]) => pages.flatMap(of).length;
    assert.ok(count(({ links }) => links) > 150);
    assert.ok(count(({ spans }) => spans.filter(isPath)) > 300);
  });

  it('begin with a README of at most 10,000 bytes', () => {
    assert.ok(statSync(join(root, 'README.md')).size <= 10_000);
  });

  it('are all reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const path of reached)
      for (const target of pageAt(path).links.map((link) => targetOf(path, link)))
        if (pages.some((page) => page.path === target)) reached.add(target);
    assert.deepEqual(
      pages.map(({ path }) => path).filter((path) => !reached.has(path)),
      [],
    );
  });
});

describe('the check of links', () => {
  const page = pageOf(
    'deploy/README.md',
    '# Two words\n[a](#two-words) [b](#one) [c](../LICENSE) [d](nowhere)\n',
  );

  it('finds what leads nowhere', () => {
    assert.deepEqual(
      page.links.filter((target) => !leadsSomewhere(page, target)),
      ['#one', 'nowhere'],
    );
  });

  it('finds a file that is gone', () => {
    const { spans } = pageOf(
      'src/README.md',
      '`kit/back-off.ts` `kit/gone.ts` `src/gone/` `test/**/*.test.ts` `a/b`\n',
    );
    assert.deepEqual(
      spans.filter(isPath).filter((path) => !exists(page, path)),
      ['kit/gone.ts', 'src/gone/'],
    );
  });
});

function leadsSomewhere(page: Page, target: string): boolean {
  if (/^https?:/.test(target)) return true;
  const path = targetOf(page.path, target);
  const anchor = target.split('#')[1];
  if (!existsSync(join(root, path)))
    return path === page.path && anchor !== undefined && page.anchors.has(anchor);
  return anchor === undefined || (path === page.path ? page : pageAt(path)).anchors.has(anchor);
}

/** From the root of the repository. */
function targetOf(from: string, target: string): string {
  const [path = ''] = target.split('#');
  return path === '' ? from : join(dirname(from), path).replace(/\/$/, '');
}

/** Whether a text in backticks is to be read as a path of the repository. */
function isPath(span: string): boolean {
  if (/[\s<>:$=]|^\/|^\.clawfleet|NAME|NNNN/.test(span)) return false;
  return topFolders.test(span) || (span.includes('/') && /(\.(ts|md|sh|yaml|mjs)|\/)$/.test(span));
}

/** From the root, from the page, or from the sources or tests. */
function exists(page: Page, path: string): boolean {
  return ['', dirname(page.path), 'src', 'test'].some(
    (folder) => globSync(join(root, folder, path)).length > 0,
  );
}
