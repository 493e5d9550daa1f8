/** A section of a page of rules. */
export interface Rule {
  readonly heading: string;
  /** As GitHub makes it of the heading. */
  readonly anchor: string;
  /** Paths from the root of the repository. */
  readonly code: readonly string[];
  readonly tests: readonly { readonly file: string; readonly titles: readonly string[] }[];
}

/** The sections of a page that name code or tests; those that merely hold others are left out. */
export function rulesOf(page: string): Rule[] {
  const [, ...sections] = page.split(/^(?=##+ )/m);
  return sections.filter((section) => !isGroup(section)).map(ruleOf);
}

/** A heading of the second level above sections of the third. */
function isGroup(section: string): boolean {
  return section.startsWith('## ') && !/^- (Code|Test): /m.test(section);
}

function ruleOf(section: string): Rule {
  const [first = ''] = section.split('\n', 1);
  const heading = first.replace(/^#+ /, '');
  const items = itemsOf(section);
  return {
    heading,
    anchor: anchorOf(heading),
    code: items.filter((item) => item.startsWith('Code: ')).flatMap(filesIn),
    tests: items
      .filter((item) => item.startsWith('Test: '))
      .map((item) => ({ file: filesIn(item)[0] ?? '', titles: titlesIn(item) })),
  };
}

/** Items of lists, each in one line. */
function itemsOf(section: string): string[] {
  return [...section.matchAll(/^- (.*(?:\n {2}.*)*)/gm)].map(([, item = '']) => item.replace(/\s+/g, ' '));
}

function filesIn(item: string): string[] {
  return [...item.matchAll(/`([^`\s]+\/[^`\s]+)`/g)].map(([, file = '']) => file);
}

function titlesIn(item: string): string[] {
  return [...item.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title);
}

/** As GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The titles of all tests and groups of a file, with `…` for what is filled in. */
export function titlesOf(text: string): ReadonlySet<string> {
  const calls = text.matchAll(/\b(?:describe|it|test)\(\s*(?:'([^'\n]*)'|`([^`]*)`|"([^"\n]*)")/g);
  return new Set(
    [...calls].map(([, ...forms]) => (forms.find((form) => form) ?? '').replace(/\$\{[^}]*\}/g, '…')),
  );
}
