import type { CallOptions } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import { nothing, withoutPermit } from './transport/malformed-answer.ts';
import { routes } from './transport/routes.ts';

/** Puts the tag on the droplet. The tag usually exists: it is created only if the API does not know it. */
export async function putTag(
  client: DigitalOceanClient,
  dropletID: number,
  tag: string,
  options: CallOptions,
): Promise<void> {
  try {
    await attach(client, dropletID, tag, options);
  } catch (error) {
    if (faultOf(error, 'absent') === undefined) throw error;
    await makeTag(client, tag, withoutPermit(options));
    await attach(client, dropletID, tag, withoutPermit(options));
  }
}

/** Takes the tag off the droplet; succeeds if the tag or the droplet does not exist. */
export async function takeTag(
  client: DigitalOceanClient,
  dropletID: number,
  tag: string,
  options: CallOptions,
): Promise<void> {
  try {
    const body = resources(dropletID);
    await client.call({ route: routes.untagResources, parameter: tag, body, read: nothing }, options);
  } catch (error) {
    if (faultOf(error, 'absent') === undefined) throw error;
  }
}

async function attach(
  client: DigitalOceanClient,
  dropletID: number,
  tag: string,
  options: CallOptions,
): Promise<void> {
  const body = resources(dropletID);
  await client.call({ route: routes.tagResources, parameter: tag, body, read: nothing }, options);
}

async function makeTag(client: DigitalOceanClient, tag: string, options: CallOptions): Promise<void> {
  try {
    await client.call({ route: routes.createTag, body: { name: tag }, read: nothing }, options);
  } catch (error) {
    const fault = faultOf(error, 'refused');
    if (fault?.kind !== 'refused' || !/already|exist|taken/i.test(fault.reason)) throw error;
  }
}

function resources(dropletID: number): object {
  return { resources: [{ resource_id: String(dropletID), resource_type: 'droplet' }] };
}
