import type { KubeAPI, Query } from '../kube-api.ts';
import { failureOf } from '../kube-error.ts';
import type { KubeObject } from '../kube-object.ts';

/** Of one page, in objects. */
const pageSize = 500;
/** For one page, or for a list that comes in one. */
const deadlineMs = 60_000;

export interface ListRequest {
  readonly client: KubeAPI;
  readonly path: string;
  readonly filterQuery: Query;
  /** At least as new as this; `0`: whatever the server has at hand; empty: what is stored now, in pages. */
  readonly version: string;
  readonly signal: AbortSignal;
}

interface ListAnswer {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly unknown[];
}

/** Tells every object of a collection to `take`; resolves to the collection's version. On a failure all is void. */
export async function listCollection<T extends KubeObject>(
  request: ListRequest,
  take: (object: T) => void,
): Promise<string> {
  let page: Query = request.version === '' ? { limit: pageSize } : { resourceVersion: request.version };
  for (;;) {
    const answer = await onePage(request, page, take);
    const { resourceVersion, continue: token = '' } = answer.metadata;
    if (token === '') return resourceVersion;
    page = { limit: pageSize, continue: token };
  }
}

/** Items of built-in kinds do not say of which kind they are: the list does, at its end. */
async function onePage<T extends KubeObject>(
  { client, path, filterQuery, signal }: ListRequest,
  page: Query,
  take: (object: T) => void,
): Promise<ListAnswer> {
  const unnamed: Partial<T>[] = [];
  const onItem = (item: unknown) => {
    if ((item as Partial<T>).kind === undefined) unnamed.push(item as Partial<T>);
    else take(item as T);
  };
  const query = { ...filterQuery, ...page };
  const answer = await client.request<ListAnswer>('GET', path, { query, signal, deadlineMs, onItem });
  for (const item of answer.items ?? []) onItem(item);
  const { apiVersion, kind } = answer;
  for (const item of unnamed) take({ apiVersion, kind: kind.replace(/List$/, ''), ...item } as T);
  return answer;
}

/** Whether the server no longer has the version asked for, or does not have it yet. */
export function isVersionRefused(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure?.httpStatus === 410) return true;
  const { reason, details } = failure?.status ?? {};
  if (reason === 'Expired' || reason === 'Gone') return true;
  return details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false;
}
