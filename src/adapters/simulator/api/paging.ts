import { unprocessable } from './api-error.ts';
import type { Call, Reply } from './route.ts';

const defaultPerPage = 20;
const mostPerPage = 200;

/** One page of a collection: `{<key>: […], links, meta}`, each item serialised by `render`. */
export function page<Item>(
  call: Call,
  key: string,
  items: ReadonlySet<Item> | readonly Item[],
  render: (item: Item) => string,
): Reply {
  const total = 'size' in items ? items.size : items.length;
  const perPage = perPageOf(call.query);
  const number = Math.max(1, wholeNumber(call.query.get('page')) ?? 1);
  const shown = slice(items, (number - 1) * perPage, perPage).map(render);
  const links = linksOf(call, number, perPage, Math.max(1, Math.ceil(total / perPage)));
  const body = `{"${key}":[${shown.join(',')}],"links":${JSON.stringify(links)},"meta":{"total":${total}}}`;
  return { status: 200, body };
}

function perPageOf(query: URLSearchParams): number {
  const perPage = wholeNumber(query.get('per_page')) ?? defaultPerPage;
  if (perPage >= 1 && perPage <= mostPerPage) return perPage;
  throw unprocessable(`per_page must be between 1 and ${mostPerPage}`);
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function slice<Item>(items: ReadonlySet<Item> | readonly Item[], skip: number, take: number): Item[] {
  if (!('size' in items)) return items.slice(skip, skip + take);
  const taken: Item[] = [];
  let at = 0;
  for (const item of items) {
    if (taken.length === take) break;
    if (at >= skip) taken.push(item);
    at += 1;
  }
  return taken;
}

function linksOf(call: Call, page: number, perPage: number, last: number): object {
  if (last === 1 && page === 1) return {};
  const link = (to: number) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    query.set('per_page', String(perPage));
    return `${call.base}${call.path}?${query}`;
  };
  const back = page > 1 ? { first: link(1), prev: link(Math.min(page - 1, last)) } : {};
  const on = page < last ? { next: link(page + 1), last: link(last) } : {};
  return { pages: { ...back, ...on } };
}
