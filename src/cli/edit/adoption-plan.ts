import { UserError } from '../../config/user-error.ts';
import { omit, pick } from '../../kit/pick.ts';
import { fleetOfTags } from '../../model/identity.ts';
import { apiVersion } from '../../model/manifest/kinds.ts';
import { yamlText } from '../../model/manifest/yaml-text.ts';
import { type ResourceKey, resourceKey } from '../../model/resource-key.ts';
import { observedFields } from '../../model/spec/droplet-fields.ts';
import type { Droplet } from '../../ports/cloud.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

export interface AdoptionOrder {
  readonly key: ResourceKey;
  readonly name: string;
  readonly namespace: string;
  readonly account: string;
  readonly botId?: string;
  readonly tokenSha256?: string;
  readonly deletionPolicy?: 'Delete' | 'Orphan';
}

/** The id of the fleet that may adopt `droplet` as ordered; throws, saying why, when it must not. */
export function adoptableFleet(reader: SourceReader, droplet: Droplet, order: AdoptionOrder): string {
  const fleet = reader.fleet();
  if (!fleet) throw new UserError('There is no fleet here yet.', '`clawfleet run` makes it.');
  const owner = fleetOfTags(droplet.tags);
  if (owner !== undefined) {
    throw new UserError(
      `Droplet ${droplet.id} belongs to fleet ${owner}.`,
      'Release it there first: a bot with deletionPolicy Orphan lets go of it when deleted.',
    );
  }
  const bots = reader.bots();
  const holder = bots.find(
    ({ spec, status }) => status.droplet?.id === droplet.id || spec?.adopt?.dropletID === droplet.id,
  );
  if (holder)
    throw new UserError(
      `Bot ${holder.key} has droplet ${droplet.id} already.`,
      `\`clawfleet describe bot ${holder.key}\` shows more.`,
    );
  if (bots.some(({ key }) => key === order.key)) {
    throw new UserError(`There is a bot ${order.key} already.`, 'Choose another --name.');
  }
  const account = resourceKey(order.namespace, order.account);
  if (!reader.accounts().some(({ key }) => key === account)) {
    throw new UserError(
      `There is no account ${account}.`,
      'Declare it first; `clawfleet get accounts -A` shows those there are.',
    );
  }
  return fleet.fleetID;
}

/** A Bot that adopts the droplet and declares it as it is, so that nothing differs. */
export function adoptionManifest(droplet: Droplet, order: AdoptionOrder): string {
  const { botId, tokenSha256, deletionPolicy } = order;
  return yamlText({
    apiVersion,
    kind: 'Bot',
    metadata: {
      name: order.name,
      ...(order.namespace === 'default' ? {} : { namespace: order.namespace }),
    },
    spec: {
      accountRef: { name: order.account },
      adopt: {
        dropletID: droplet.id,
        ...(botId === undefined ? {} : { botID: botId }),
        ...(tokenSha256 === undefined ? {} : { tokenSHA256: tokenSha256 }),
      },
      ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
      droplet: omit(pick(droplet, observedFields), 'tags'),
      ...(droplet.status === 'off' ? { powerState: 'Stopped' } : {}),
    },
  });
}
