import type { Clock } from '../../../../ports/clock.ts';
import type { Log } from '../../../../ports/log.ts';
import type { KubeAPI } from '../kube-api.ts';

/** The object that an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what belongs to no namespace; its events go to `default`. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

/** Occurrences that agree in all but `note` are one event with a series. */
export interface EventDraft {
  readonly regarding: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** Why it was done, CamelCase, at most 128 characters. */
  readonly reason: string;
  /** What was done, CamelCase, at most 128 characters. */
  readonly action: string;
  /** For people; cut at 1 kB. */
  readonly note: string;
}

export interface EventRecorderOptions {
  readonly client: KubeAPI;
  readonly clock: Clock;
  readonly log: Log;
  /** `reportingController`, a qualified name such as `clawfleet.dev/controller`. */
  readonly controller: string;
  /** `reportingInstance`, such as the pod's name; at most 128 characters. */
  readonly instance: string;
}
