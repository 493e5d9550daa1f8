import type { CloudConfig, CloudEnvironment } from '../../config/cloud-config.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { SourceReader } from '../../ports/source-reader.ts';

/** Which cloud is used, and why. */
export function cloudLine(cloud: CloudConfig, env: CloudEnvironment): string {
  if (cloud.kind === 'digitalocean') return `Cloud: ${cloud.apiURL}, by DIGITALOCEAN_ACCESS_TOKEN.`;
  if (env.DIGITALOCEAN_ACCESS_TOKEN)
    return 'Cloud: the built-in simulator (--simulator); the token is not used.';
  const hint = env.DIGITALOCEAN_TOKEN
    ? 'DIGITALOCEAN_TOKEN is not read: set DIGITALOCEAN_ACCESS_TOKEN, as for doctl, to drive the real DigitalOcean.'
    : 'Set DIGITALOCEAN_ACCESS_TOKEN to drive the real DigitalOcean.';
  return `Cloud: the built-in simulator, since no token is set; nothing costs money. ${hint}`;
}

/** The fleet's id as listings show it; undefined before a controller first ran. Not every user may read it. */
export function shownFleet(reader: SourceReader): string | undefined {
  try {
    return reader.fleet()?.fleetID;
  } catch (error) {
    if (faultOf(error, 'refused')) return '(you may not read its record)';
    throw error;
  }
}
