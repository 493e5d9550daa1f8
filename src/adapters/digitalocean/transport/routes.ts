import type { HTTPMethod } from './transport.ts';

/** An endpoint of the API. `scope` is what DigitalOcean's OpenAPI description demands of the token. */
export interface Route {
  /** Its name in metrics and messages: `GET /v2/droplets/{id}`. */
  readonly name: string;
  readonly method: HTTPMethod;
  readonly template: string;
  readonly scope: string;
  /** Whether the API has a separate limit for these calls: a 429 then says nothing about other calls. */
  readonly ownLimit?: boolean;
}

function route(method: HTTPMethod, template: string, scope: string): Route {
  return { name: `${method} ${template}`, method, template, scope };
}

/** The endpoints in use. */
export const routes = {
  getAccount: route('GET', '/v2/account', 'account:read'),
  listSizes: route('GET', '/v2/sizes', 'sizes:read'),
  listRegions: route('GET', '/v2/regions', 'regions:read'),
  listImages: route('GET', '/v2/images', 'image:read'),
  getImage: route('GET', '/v2/images/{id}', 'image:read'),
  getKey: { ...route('GET', '/v2/account/keys/{id}', 'ssh_key:read'), ownLimit: true },
  getVPC: route('GET', '/v2/vpcs/{id}', 'vpc:read'),
  listTags: route('GET', '/v2/tags', 'tag:read'),
  listAllActions: route('GET', '/v2/actions', 'actions:read'),
  createDroplet: route('POST', '/v2/droplets', 'droplet:create'),
  listDroplets: route('GET', '/v2/droplets', 'droplet:read'),
  getDroplet: route('GET', '/v2/droplets/{id}', 'droplet:read'),
  deleteDroplet: route('DELETE', '/v2/droplets/{id}', 'droplet:delete'),
  act: route('POST', '/v2/droplets/{id}/actions', 'droplet:update'),
  listActions: route('GET', '/v2/droplets/{id}/actions', 'droplet:read'),
  getAction: route('GET', '/v2/actions/{id}', 'actions:read'),
  createTag: route('POST', '/v2/tags', 'tag:create'),
  tagResources: route('POST', '/v2/tags/{tag}/resources', 'tag:create'),
  untagResources: route('DELETE', '/v2/tags/{tag}/resources', 'tag:delete'),
  assignToProject: route('POST', '/v2/projects/{id}/resources', 'project:update'),
} as const satisfies Record<string, Route>;

/** The path with its one parameter filled in, and the query. */
export function pathOf(route: Route, parameter?: string | number, query?: Record<string, string>): string {
  const filled =
    parameter === undefined
      ? route.template
      : route.template.replace(/\{\w+\}/, () => encodeURIComponent(parameter));
  return query === undefined ? filled : `${filled}?${new URLSearchParams(query)}`;
}
