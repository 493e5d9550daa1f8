import Type from 'typebox';
import { type AgentConduct, AgentConductSchema } from '../agents/agent-state.ts';
import type { DropletRecord } from './records.ts';
import { release } from './run-action.ts';
import type { World } from './world.ts';

/** A droplet as it really is: no lag, no hidden tags. */
export interface DropletView {
  readonly id: number;
  readonly name: string;
  readonly status: DropletRecord['status'];
  readonly region: string;
  readonly size: string;
  readonly diskGB: number;
  /** Slug, or id of a private image. */
  readonly image: string;
  /** As spelt, not in lower case. */
  readonly tags: readonly string[];
  readonly backups: boolean;
  readonly ipv6: boolean;
  readonly monitoring: boolean;
  readonly projectID: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The type of the action under way. */
  readonly pendingAction?: string;
  /** A DELETE was answered 204. */
  readonly dying: boolean;
  readonly ignoresShutdown: boolean;
  readonly ignoresDelete: boolean;
  readonly stuck: boolean;
  readonly agentConduct: AgentConduct;
  /** Steps of its bootstrap that have failed and are not repaired. */
  readonly failedSteps: readonly string[];
}

/** What someone does in the control panel, at once and outside of all rules of the API. */
export const DropletEditSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1 })),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('off'), Type.Literal('archive')])),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    ignoresShutdown: Type.Optional(Type.Boolean()),
    ignoresDelete: Type.Optional(Type.Boolean()),
    stuck: Type.Optional(Type.Boolean()),
    agentConduct: Type.Optional(AgentConductSchema),
    failedSteps: Type.Optional(Type.Array(Type.String())),
  },
  { additionalProperties: false },
);

export type DropletEdit = Type.Static<typeof DropletEditSchema>;

export function viewOf(world: World, droplet: DropletRecord): DropletView {
  const { pendingAction } = droplet;
  const pending = pendingAction === undefined ? undefined : world.actions.get(pendingAction)?.type;
  return {
    id: droplet.id,
    name: droplet.name,
    status: droplet.status,
    region: droplet.region,
    size: droplet.size,
    diskGB: droplet.diskGB,
    image: world.image(droplet.imageID)?.slug ?? String(droplet.imageID),
    tags: droplet.tags.map((tag) => world.tags.spelling(tag)),
    backups: droplet.backups,
    ipv6: droplet.ipv6,
    monitoring: droplet.monitoring,
    projectID: droplet.projectID,
    createdAt: world.timestamp(droplet.createdAt),
    ...(pending === undefined ? {} : { pendingAction: pending }),
    dying: droplet.dyingAt !== undefined,
    ignoresShutdown: droplet.ignoresShutdown,
    ignoresDelete: droplet.ignoresDelete,
    stuck: droplet.stuck === true,
    agentConduct: droplet.agentConduct,
    failedSteps: droplet.failedSteps,
  };
}

export function editDroplet(world: World, droplet: DropletRecord, edit: DropletEdit): void {
  droplet.name = edit.name ?? droplet.name;
  droplet.status = edit.status ?? droplet.status;
  if (edit.tags !== undefined)
    droplet.tags = edit.tags.map((tag) => world.tags.ensure(tag).name.toLowerCase());
  droplet.ignoresShutdown = edit.ignoresShutdown ?? droplet.ignoresShutdown;
  droplet.ignoresDelete = edit.ignoresDelete ?? droplet.ignoresDelete;
  droplet.agentConduct = edit.agentConduct ?? droplet.agentConduct;
  droplet.failedSteps = edit.failedSteps ?? droplet.failedSteps;
  if (edit.stuck === true) droplet.stuck = true;
  world.touch(droplet);
  if (edit.stuck === false) release(world, droplet);
}
