import type { EventDraft } from '../../../../src/adapters/kubernetes/client/events/event-recorder-options.ts';

/** An event about the Bot `name`. */
export const draft = (rest: Partial<EventDraft> = {}, name = 'alpha'): EventDraft => ({
  regarding: {
    apiVersion: 'clawfleet.dev/v1alpha1',
    kind: 'Bot',
    namespace: 'default',
    name,
    uid: `uid-${name}`,
  },
  type: 'Normal',
  reason: 'DropletCreated',
  action: 'Reconcile',
  note: 'The droplet exists.',
  ...rest,
});
/** Who reports. */
export const reporter = { controller: 'clawfleet.dev/controller', instance: 'pod-1' };
