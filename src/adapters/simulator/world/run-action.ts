import { takeEffect } from './action-effects.ts';
import { destroyDroplet } from './destroy-droplet.ts';
import type { ActionRecord, DropletRecord } from './records.ts';
import type { World } from './world.ts';

/** What an action remembers of its request. */
export type ActionDetail = Pick<ActionRecord, 'size' | 'disk' | 'name' | 'imageID'>;

/** Starts an action; its end and its outcome are decided now. */
export function begin(
  world: World,
  droplet: DropletRecord,
  type: string,
  durationMs: number,
  outcome: ActionRecord['outcome'],
  detail: ActionDetail = {},
): ActionRecord {
  const action: ActionRecord = {
    id: world.nextID('action'),
    type,
    dropletID: droplet.id,
    region: droplet.region,
    startedAt: world.now,
    dueAt: world.now + world.spread(durationMs),
    status: 'in-progress',
    outcome,
    ...detail,
  };
  droplet.pendingAction = action.id;
  const { bootStuck, actionStuck } = world.settings;
  if (world.chanced(type === 'create' ? bootStuck : actionStuck)) droplet.stuck = true;
  world.addAction(action);
  world.touch(droplet);
  conclude(world, action);
  return action;
}

/** Plans an action's end, or ends it at once if that is due. */
export function conclude(world: World, action: ActionRecord): void {
  world.agenda.plan(action.dueAt, () => end(world, action));
}

/** Lets the droplet's actions end again; one that is overdue ends at once. */
export function release(world: World, droplet: DropletRecord): void {
  droplet.stuck = false;
  const action = droplet.pendingAction === undefined ? undefined : world.actions.get(droplet.pendingAction);
  if (action !== undefined && action.dueAt <= world.now) end(world, action);
}

function end(world: World, action: ActionRecord): void {
  const droplet = world.droplets.get(action.dropletID);
  if (droplet?.stuck === true) return;
  action.status = droplet === undefined || action.outcome === 'errored' ? 'errored' : 'completed';
  action.completedAt = world.now;
  world.changes.note('action', action);
  if (droplet === undefined) return;
  delete droplet.pendingAction;
  if (action.outcome === 'done') takeEffect(world, droplet, action);
  world.touch(droplet);
  if (action.type === 'create' && action.outcome === 'errored') destroyDroplet(world, droplet);
}
