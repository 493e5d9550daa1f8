import { microTime } from '../kube-object.ts';
import type { EventDraft } from './event-recorder-options.ts';

/** What the API server allows, bytes. */
const longestNote = 1_024;
const longestWord = 128;
/** Names are 253 long at most, and end in a dot and what makes them unique. */
const longestNamePart = 200;

/** Who reports events. */
export interface Reporter {
  readonly controller: string;
  readonly instance: string;
}

/** An event's place: that of the object it is about. */
export function eventNamespace({ regarding }: EventDraft): string {
  return regarding.namespace ?? 'default';
}

/** Unique by `unique`, which is of hexadecimal digits. */
export function eventName({ regarding }: EventDraft, unique: string): string {
  // A name cut within a dotted part must not end in what no name may end in.
  return `${regarding.name.slice(0, longestNamePart).replace(/[^a-z0-9]+$/, '')}.${unique}`;
}

/** An Event of events.k8s.io/v1. `at`: epoch ms. */
export function eventBody(draft: EventDraft, name: string, at: number, reporter: Reporter): object {
  const { regarding, type, reason, action, note } = draft;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: eventNamespace(draft) },
    eventTime: microTime(at),
    reportingController: reporter.controller,
    reportingInstance: cut(reporter.instance, longestWord),
    action: cut(action, longestWord),
    reason: cut(reason, longestWord),
    regarding,
    note: cut(note, longestNote),
    type,
  };
}

/** The merge patch that tells of the `count`th occurrence. */
export function seriesPatch(count: number, lastAt: number): object {
  return { series: { count, lastObservedTime: microTime(lastAt) } };
}

/** At most so many bytes of UTF-8, no character cut in two. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const whole = new TextDecoder().decode(Buffer.from(text).subarray(0, bytes - 3), { stream: true });
  return `${whole}…`;
}
