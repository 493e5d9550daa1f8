import type { CallOptions } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { DigitalOceanClient } from './transport/digital-ocean-client.ts';
import { nothing } from './transport/malformed-answer.ts';
import { type Route, routes } from './transport/routes.ts';

export interface ScopeReport {
  /** False if the API does not know the token at all. */
  readonly accepted: boolean;
  /**
   * Read scopes that the token lacks. Without `tag:read` the API hides tags,
   * so listings by tag prove nothing.
   */
  readonly missing: readonly string[];
}

type Finding = 'granted' | 'missing' | 'unknown token';

/** One route for each read scope needed; `droplet:read` also covers a droplet's actions. */
const probes: readonly Route[] = [
  routes.getAccount,
  routes.listDroplets,
  routes.listTags,
  routes.listSizes,
  routes.listRegions,
  routes.listImages,
  routes.listAllActions,
];

/** Tries each read scope with one small GET. Throws on faults other than a refusal. */
export async function probeScopes(client: DigitalOceanClient, options: CallOptions): Promise<ScopeReport> {
  const findings = await Promise.all(probes.map((route) => probe(client, route, options)));
  const missing = probes.filter((_, index) => findings[index] === 'missing').map(({ scope }) => scope);
  return { accepted: !findings.includes('unknown token'), missing };
}

async function probe(client: DigitalOceanClient, route: Route, options: CallOptions): Promise<Finding> {
  try {
    await client.call({ route, query: { per_page: '1' }, read: nothing }, options);
    return 'granted';
  } catch (error) {
    const fault = faultOf(error, 'unauthorised');
    if (fault?.kind !== 'unauthorised') throw error;
    return fault.forbidden === undefined ? 'unknown token' : 'missing';
  }
}
