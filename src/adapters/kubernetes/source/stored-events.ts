import { type ResourceKey, resourceKey } from '../../../model/resource-key.ts';
import type { StoredEvent } from '../../../ports/source.ts';
import type { KubeAPI } from '../client/kube-api.ts';
import type { KubeObject } from '../client/kube-object.ts';
import { resourcePath } from '../client/resource-path.ts';
import { listCollection } from '../client/watch/list-collection.ts';

const eventType = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

const ownKinds: ReadonlySet<string | undefined> = new Set(['Bot', 'Account']);

/** Of events.k8s.io/v1, whoever recorded it. */
interface EventObject extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly regarding?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly deprecatedCount?: number;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
}

/** Events about the Bot and the Account of that name, or about all Bots in the namespaces (undefined: all); newest last. */
export async function storedEvents(
  client: KubeAPI,
  namespaces: readonly string[] | undefined,
  key: ResourceKey | undefined,
): Promise<readonly StoredEvent[]> {
  const [namespace, name] = key?.split('/') ?? [];
  const places = namespace === undefined ? (namespaces ?? [undefined]) : [namespace];
  const fieldSelector = name === undefined ? 'regarding.kind=Bot' : `regarding.name=${name}`;
  const filterQuery = { fieldSelector };
  const events: StoredEvent[] = [];
  const { signal } = new AbortController();
  for (const place of places) {
    const path = resourcePath(eventType, { namespace: place });
    await listCollection<EventObject>({ client, path, filterQuery, version: '', signal }, (object) => {
      if (ownKinds.has(object.regarding?.kind)) events.push(storedEvent(object));
    });
  }
  return events.sort((a, b) => Date.parse(a.lastAt) - Date.parse(b.lastAt));
}

function storedEvent(object: EventObject): StoredEvent {
  const { type, reason = '', note = '', regarding = {}, series, metadata } = object;
  const firstAt = object.eventTime ?? object.deprecatedFirstTimestamp ?? metadata.creationTimestamp;
  return {
    ...(regarding.kind === 'Account' && { kind: 'Account' }),
    key: resourceKey(regarding.namespace ?? '', regarding.name ?? ''),
    uid: regarding.uid ?? '',
    type: type === 'Warning' ? 'Warning' : 'Normal',
    reason,
    message: note,
    count: series?.count ?? object.deprecatedCount ?? 1,
    firstAt,
    lastAt: series?.lastObservedTime ?? object.deprecatedLastTimestamp ?? firstAt,
  };
}
