import type { CloudAction } from '../../../ports/cloud.ts';
import { asNumber, asObject, asString, MalformedAnswer } from '../transport/malformed-answer.ts';

/** The part of DigitalOcean's action that we read. */
interface WireAction {
  readonly id: unknown;
  readonly type: unknown;
  readonly status: unknown;
  readonly started_at: unknown;
  readonly resource_id: unknown;
}

export function readAction(json: unknown): CloudAction {
  const wire = asObject<WireAction>(json, 'action');
  return {
    id: asNumber(wire.id, 'action.id'),
    type: asString(wire.type, 'action.type'),
    status: statusOf(wire.status),
    startedAt: asString(wire.started_at, 'action.started_at'),
    dropletID: asNumber(wire.resource_id, 'action.resource_id'),
  };
}

/** Newest first; DigitalOcean promises no order. Ids of one droplet's actions rise. */
export function newestFirst(actions: readonly CloudAction[]): readonly CloudAction[] {
  return actions.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt) || b.id - a.id);
}

function statusOf(status: unknown): CloudAction['status'] {
  if (status === 'in-progress' || status === 'completed' || status === 'errored') return status;
  throw new MalformedAnswer(`action.status is ${JSON.stringify(status)}`);
}
