import Type from 'typebox';
import { notFound, unprocessable } from '../api/api-error.ts';
import { regions, sizes } from '../catalogue/catalogue.ts';
import { DropletEditSchema } from '../world/droplet-view.ts';
import { ImageOrderSchema } from '../world/image-orders.ts';
import { PanelOrderSchema } from '../world/panel-order.ts';
import { type AdminCall, type AdminRoute, parseAs } from './admin-route.ts';

const TokenSchema = Type.Object(
  {
    token: Type.String({ minLength: 1 }),
    scopes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    user: Type.Optional(Type.String({ minLength: 1 })),
    team: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);

/** What people do in the control panel, at once and outside of the API's rules. */
export const peopleRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/_simulator/droplets',
    what: 'every droplet as it really is; ?team=NAME for another team',
    answer: ({ simulator, query }) => ({ droplets: simulator.droplets(query.get('team') ?? undefined) }),
  },
  {
    method: 'POST',
    path: '/_simulator/droplets',
    what: 'a person creates droplets: names, and like (a droplet to copy), tags, region, size',
    answer: restore,
  },
  { method: 'GET', path: '/_simulator/droplets/:id', what: 'one droplet', answer: getDroplet },
  {
    method: 'PATCH',
    path: '/_simulator/droplets/:id',
    what: `a person changes it: ${Object.keys(DropletEditSchema.properties).join(', ')}`,
    answer: editDroplet,
  },
  {
    method: 'DELETE',
    path: '/_simulator/droplets/:id',
    what: 'a person destroys the droplet, at once',
    answer: destroyDroplet,
  },
  {
    method: 'GET',
    path: '/_simulator/droplets/:id/user-data',
    what: 'the user-data that its metadata service returns',
    answer: readUserData,
  },
  {
    method: 'POST',
    path: '/_simulator/images',
    what: 'a snapshot: name, and regions, minDiskGB, status',
    answer: addImage,
  },
  { method: 'DELETE', path: '/_simulator/images/:id', what: 'a snapshot is deleted', answer: deleteImage },
  {
    method: 'POST',
    path: '/_simulator/tokens',
    what: 'a token is granted: token, and scopes, user (default owner), team (default main; others are kept in memory)',
    answer: grantToken,
  },
  {
    method: 'DELETE',
    path: '/_simulator/tokens/:token',
    what: 'a token is revoked: 401 from now on',
    answer: revokeToken,
  },
];

function restore({ simulator, body }: AdminCall): unknown {
  const order = parseAs(PanelOrderSchema, body);
  if (order.size !== undefined && !sizes.has(order.size))
    throw unprocessable(`/size ${order.size} does not exist`);
  if (order.region !== undefined && !regions.has(order.region))
    throw unprocessable(`/region ${order.region} does not exist`);
  return { droplets: simulator.restoreByHand(order) };
}

function getDroplet({ simulator, params }: AdminCall): unknown {
  const droplet = simulator.droplets().find(({ id }) => String(id) === params[0]);
  if (droplet === undefined) throw notFound();
  return { droplet };
}

function editDroplet({ simulator, params, body }: AdminCall): unknown {
  const droplet = simulator.edit(Number(params[0]), parseAs(DropletEditSchema, body));
  if (droplet === undefined) throw notFound();
  return { droplet };
}

function destroyDroplet({ simulator, params }: AdminCall): undefined {
  if (!simulator.destroy(Number(params[0]))) throw notFound();
}

function readUserData({ simulator, params }: AdminCall): unknown {
  const userData = simulator.userData(Number(params[0]));
  if (userData === undefined) throw notFound();
  return { user_data: userData };
}

function addImage({ simulator, body }: AdminCall): unknown {
  return { image: simulator.addImage(parseAs(ImageOrderSchema, body)) };
}

function deleteImage({ simulator, params }: AdminCall): undefined {
  if (!simulator.deleteImage(Number(params[0]))) throw notFound();
}

function grantToken({ simulator, body }: AdminCall): undefined {
  simulator.grant(parseAs(TokenSchema, body));
}

function revokeToken({ simulator, params }: AdminCall): undefined {
  simulator.revoke(params[0] ?? '');
}
