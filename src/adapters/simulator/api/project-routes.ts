import type { ProjectRecord } from '../world/records.ts';
import { notFound, unprocessable } from './api-error.ts';
import { parseObject, textsField } from './json-body.ts';
import { page } from './paging.ts';
import { type Call, ok, type Reply, type Route } from './route.ts';

export const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/projects', scopes: ['project:read'], answer: list },
  { method: 'GET', path: '/v2/projects/:id', scopes: ['project:read'], answer: get },
  { method: 'GET', path: '/v2/projects/:id/resources', scopes: ['project:read'], answer: listResources },
  { method: 'POST', path: '/v2/projects/:id/resources', scopes: ['project:update'], answer: assign },
];

const dropletUrn = /^do:droplet:(\d+)$/;
const urnPattern = /^do:[a-z]+:[\w-]+$/;

function list(call: Call): Reply {
  const projects = [...call.world.projects.values()];
  return page(call, 'projects', projects, (project) => JSON.stringify(shown(call, project)));
}

function get(call: Call): Reply {
  return ok({ project: shown(call, projectOf(call)) });
}

function listResources(call: Call): Reply {
  const { id } = projectOf(call);
  const droplets = [...call.world.droplets.values()].filter(({ projectID }) => projectID === id);
  return page(call, 'resources', droplets, (droplet) => JSON.stringify(resource(call, droplet.id, 'ok')));
}

/** Answers 200 even for droplets that do not exist; their `status` says so. */
function assign(call: Call): Reply {
  const project = projectOf(call);
  const urns = textsField(parseObject(call.body), 'resources') ?? [];
  const bad = urns.find((urn) => !urnPattern.test(urn));
  if (bad !== undefined) throw unprocessable(`invalid urn: ${bad}`);
  return ok({ resources: urns.map((urn) => assigned(call, project, urn)) });
}

function assigned(call: Call, project: ProjectRecord, urn: string): object {
  const dropletID = dropletUrn.exec(urn)?.[1];
  if (dropletID === undefined) return { urn, status: 'ok' };
  const id = Number(dropletID);
  const droplet = call.world.droplets.get(id);
  call.dropletIDs.push(id);
  if (droplet === undefined) return resource(call, id, 'not_found');
  const already = droplet.projectID === project.id;
  droplet.projectID = project.id;
  call.world.touch(droplet);
  return resource(call, id, already ? 'already_assigned' : 'ok');
}

function resource({ world, base }: Call, id: number, status: string): object {
  return {
    urn: `do:droplet:${id}`,
    assigned_at: world.timestamp(world.now),
    links: { self: `${base}/v2/droplets/${id}` },
    status,
  };
}

/** `default` names the default project. */
function projectOf({ world, params }: Call): ProjectRecord {
  const wanted = params[0] ?? '';
  const all = [...world.projects.values()];
  const project = all.find(({ id, isDefault }) => (wanted === 'default' ? isDefault : id === wanted));
  if (project === undefined) throw notFound();
  return project;
}

function shown({ world }: Call, project: ProjectRecord): object {
  return {
    id: project.id,
    owner_uuid: world.account.uuid,
    owner_id: 258_992,
    name: project.name,
    description: '',
    purpose: 'Service or API',
    environment: 'Production',
    is_default: project.isDefault,
    created_at: world.timestamp(project.createdAt),
    updated_at: world.timestamp(project.createdAt),
  };
}
