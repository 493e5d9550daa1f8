import { publicImage, regions, sizes } from '../catalogue/catalogue.ts';
import type { ImageRecord } from '../catalogue/images.ts';
import type { Size } from '../catalogue/sizes.ts';
import { defaultVPC } from '../catalogue/vpc.ts';
import type { DropletOrder } from '../world/create-droplet.ts';
import type { World } from '../world/world.ts';
import { unprocessable } from './api-error.ts';
import { flagField, type JSONObject, namesField, textField, textsField } from './json-body.ts';

const namePattern = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;
const tagPattern = /^[a-zA-Z0-9_\-:]+$/;
const longestName = 255;
const mostUserDataBytes = 64 * 1_024;
const mostNames = 10;

/** The orders of a `POST /v2/droplets`, one for each name. Throws 422 in DigitalOcean's words. */
export function createOrders(world: World, body: JSONObject): readonly DropletOrder[] {
  const names = namesOf(body);
  for (const name of names) checkName(name);
  const size = sizeOf(body);
  const region = regionOf(body, size);
  const image = imageFor(world, body['image'], region, size);
  checkKeys(world, namesField(body, 'ssh_keys'));
  const order = {
    region,
    size: size.slug,
    imageID: image.id,
    tags: tagsOf(body),
    backups: flagField(body, 'backups'),
    ipv6: flagField(body, 'ipv6'),
    monitoring: flagField(body, 'monitoring'),
    vpcUUID: vpcOf(world, textField(body, 'vpc_uuid'), region),
    volumeIDs: textsField(body, 'volumes') ?? [],
    projectID: defaultProject(world),
    userData: userDataOf(body),
  };
  if (world.droplets.size + names.length > world.settings.dropletLimit) {
    throw unprocessable('creating this/these droplet(s) will exceed your droplet limit');
  }
  return names.map((name) => ({ ...order, name }));
}

export function checkName(name: string | undefined): string {
  if (name === undefined || name === '') throw unprocessable("Name can't be blank");
  if (name.length <= longestName && namePattern.test(name)) return name;
  throw unprocessable('Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
}

export function isTagName(name: string): boolean {
  return name.length <= longestName && tagPattern.test(name);
}

/** The image named by slug or id. */
export function imageOf(world: World, image: unknown, purpose: string): ImageRecord {
  const byID = typeof image === 'number' || (typeof image === 'string' && /^\d+$/.test(image));
  const found = byID ? world.image(Number(image)) : publicImage(String(image));
  if (found === undefined || found.status !== 'available') {
    throw unprocessable(`You specified an invalid image for ${purpose}.`);
  }
  return found;
}

/** An image in another region, or too large, is as invalid as one that does not exist. */
function imageFor(world: World, wanted: unknown, region: string, size: Size): ImageRecord {
  const image = imageOf(world, wanted, 'Droplet creation');
  if (image.regions.includes(region) && image.min_disk_size <= size.disk) return image;
  throw unprocessable('You specified an invalid image for Droplet creation.');
}

function vpcOf(world: World, wanted: string | undefined, region: string): string {
  if (wanted === undefined || wanted === defaultVPC(region)) return defaultVPC(region);
  if (world.vpcs.get(wanted)?.region === region) return wanted;
  throw unprocessable('The VPC is invalid for this region.');
}

function namesOf(body: JSONObject): readonly string[] {
  const names = textsField(body, 'names');
  if (names === undefined) return [textField(body, 'name') ?? ''];
  if (names.length === 0) throw unprocessable("Name can't be blank");
  if (names.length > mostNames) {
    throw unprocessable(`You can create at most ${mostNames} Droplets in one request.`);
  }
  return names;
}

function sizeOf(body: JSONObject): Size {
  const size = sizes.get(textField(body, 'size') ?? '');
  if (size?.available !== true) throw unprocessable('You specified an invalid size for Droplet creation.');
  return size;
}

/** Without a region the cloud picks one. */
function regionOf(body: JSONObject, size: Size): string {
  const slug = textField(body, 'region') ?? size.regions[0] ?? '';
  if (regions.get(slug)?.available !== true) throw unprocessable('Region is not available');
  if (!size.regions.includes(slug)) throw unprocessable('Size is not available in this region.');
  return slug;
}

function checkKeys(world: World, keys: readonly (string | number)[]): void {
  if (!world.settings.checkSSHKeys) return;
  const known = new Set([...world.keys.values()].flatMap(({ id, fingerprint }) => [String(id), fingerprint]));
  const unknown = keys.filter((key) => !known.has(String(key)));
  if (unknown.length === 0) return;
  throw unprocessable(`${unknown.join(', ')} are invalid key identifiers for Droplet creation.`);
}

function tagsOf(body: JSONObject): readonly string[] {
  const tags = textsField(body, 'tags') ?? [];
  const bad = tags.find((tag) => !isTagName(tag));
  if (bad !== undefined) throw unprocessable(`Tag name is invalid: ${bad}`);
  return tags;
}

function userDataOf(body: JSONObject): string {
  const userData = textField(body, 'user_data') ?? '';
  if (Buffer.byteLength(userData) <= mostUserDataBytes) return userData;
  throw unprocessable('User data must be at most 64 KiB.');
}

function defaultProject(world: World): string {
  for (const { id, isDefault } of world.projects.values()) if (isDefault) return id;
  return '';
}
