import { sizes } from '../catalogue/catalogue.ts';
import type { Size } from '../catalogue/sizes.ts';
import type { ActionRecord, DropletRecord } from '../world/records.ts';
import { type ActionDetail, begin } from '../world/run-action.ts';
import type { World } from '../world/world.ts';
import { pendingEvent, unprocessable } from './api-error.ts';
import { checkName, imageOf } from './create-order.ts';
import { type JSONObject, textField } from './json-body.ts';

/** Throws 422 if the droplet cannot take the action now; returns what the action remembers. */
type Rule = (world: World, droplet: DropletRecord, body: JSONObject) => ActionDetail;

const whenRunning: Rule = (_world, { status }) => {
  if (status === 'off') throw unprocessable('Droplet is already powered off.');
  return {};
};
/** Only running droplets are restarted: `power_on` starts one that is off. */
const whenUp: Rule = (_world, { status }) => {
  if (status !== 'off') return {};
  throw unprocessable('Droplet is currently powered off. Please power it on to run this event.');
};
const whenOff: Rule = (_world, { status }) => {
  if (status !== 'off') throw unprocessable('Droplet is already powered on.');
  return {};
};
const always: Rule = () => ({});
const withImage: Rule = (world, _droplet, body) => ({
  imageID: imageOf(world, body['image'], 'Droplet rebuild').id,
});

const rules: Readonly<Record<string, Rule>> = {
  shutdown: whenRunning,
  power_off: whenRunning,
  power_on: whenOff,
  reboot: whenUp,
  power_cycle: whenUp,
  resize,
  rebuild: withImage,
  restore: withImage,
  rename: (_world, _droplet, body) => ({ name: checkName(textField(body, 'name')) }),
  snapshot: (_world, _droplet, body) => named(textField(body, 'name')),
  enable_backups: always,
  disable_backups: always,
  change_backup_policy: always,
  enable_ipv6: always,
  password_reset: always,
};

/** Scopes that an action needs besides `droplet:update`. */
const scopesByAction: Readonly<Record<string, string>> = {
  resize: 'droplet:create',
  rebuild: 'droplet:admin',
  restore: 'droplet:admin',
  password_reset: 'droplet:admin',
  snapshot: 'image:create',
};

export function extraScopes(type: string): readonly string[] {
  const extra = scopesByAction[type];
  return extra === undefined ? [] : [extra];
}

/** The requested action's `type`. Throws 422 if there is no such type. */
export function actionType(body: JSONObject): string {
  const type = textField(body, 'type') ?? '';
  if (Object.hasOwn(rules, type)) return type;
  throw unprocessable(`The action type is invalid: ${type}`);
}

/** Starts an action. Throws 422 if the droplet is busy or the type's own rule forbids it. */
export function startAction(
  world: World,
  droplet: DropletRecord,
  type: string,
  body: JSONObject,
): ActionRecord {
  if (droplet.pendingAction !== undefined || droplet.dyingAt !== undefined) throw pendingEvent();
  const detail = rules[type]?.(world, droplet, body) ?? {};
  return begin(world, droplet, type, world.settings.actionMs, outcomeOf(world, droplet, type), detail);
}

function outcomeOf(world: World, droplet: DropletRecord, type: string): ActionRecord['outcome'] {
  if (type !== 'shutdown') return 'done';
  if (world.chanced(world.settings.shutdownErrored)) return 'errored';
  return droplet.ignoresShutdown || world.chanced(world.settings.shutdownIgnored) ? 'ignored' : 'done';
}

function resize(_world: World, droplet: DropletRecord, body: JSONObject): ActionDetail {
  const size = sizes.get(textField(body, 'size') ?? '');
  if (size?.available !== true) throw unprocessable('You specified an invalid size for Droplet resize.');
  checkFits(droplet, size);
  if (droplet.status !== 'off') throw unprocessable('Droplet must be powered off to be resized.');
  return { size: size.slug, disk: body['disk'] === true };
}

function checkFits(droplet: DropletRecord, size: Size): void {
  if (!size.regions.includes(droplet.region)) throw unprocessable('Size is not available in this region.');
  if (size.slug === droplet.size && size.disk === droplet.diskGB) {
    throw unprocessable('Droplet is already this size.');
  }
  if (size.disk < droplet.diskGB) {
    throw unprocessable('This size is not available because it has a smaller disk.');
  }
}

function named(name: string | undefined): ActionDetail {
  return name === undefined ? {} : { name };
}
