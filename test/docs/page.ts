import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorOf } from './rule-page.ts';

export const root = join(import.meta.dirname, '../..');

/** A block between two lines of three backticks. */
export interface Block {
  /** Path of the page. */
  readonly page: string;
  /** Anchor of the heading above it. */
  readonly section: string;
  /** Empty for commands and drawings. */
  readonly language: string;
  readonly lines: readonly string[];
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly anchors: ReadonlySet<string>;
  /** Targets of links, as they are written. */
  readonly links: readonly string[];
  /** What stands between backticks in the text. */
  readonly spans: readonly string[];
  readonly blocks: readonly Block[];
}

/** Every page of the repository. */
export const pages: readonly Page[] = globSync(
  ['*.md', '.github/**/*.md', '{src,test,scripts,deploy,crds}/**/*.md'],
  { cwd: root },
)
  .sort()
  .map((path) => pageOf(path, readFileSync(join(root, path), 'utf8')));

/** Throws if there is none. */
export function pageAt(path: string): Page {
  const page = pages.find((one) => one.path === path);
  if (!page) throw new Error(`There is no page ${path}.`);
  return page;
}

export function pageOf(path: string, text: string): Page {
  const anchors = new Set<string>();
  const blocks: Block[] = [];
  const prose: string[] = [];
  let section = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const fence = /^```(\w*)/.exec(line);
    if (fence && open) {
      blocks.push({ page: path, section, ...open });
      open = undefined;
    } else if (fence) open = { language: fence[1] ?? '', lines: [] };
    else if (open) open.lines.push(line);
    else {
      prose.push(line);
      const heading = /^#+ (.*)/.exec(line)?.[1];
      if (heading === undefined) continue;
      section = unused(anchors, anchorOf(heading));
      anchors.add(section);
    }
  }
  return { path, anchors, blocks, ...mentions(prose.join('\n')) };
}

/** GitHub numbers headings of the same words. */
function unused(anchors: ReadonlySet<string>, anchor: string): string {
  if (!anchors.has(anchor)) return anchor;
  for (let number = 1; ; number += 1) if (!anchors.has(`${anchor}-${number}`)) return `${anchor}-${number}`;
}

function mentions(prose: string): Pick<Page, 'links' | 'spans'> {
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replace(/\s+/g, ' '));
  const links = [...prose.replace(/`[^`]+`/g, '').matchAll(/\]\(([^)\s]+)\)/g)];
  return { spans, links: links.map(([, target = '']) => target) };
}
