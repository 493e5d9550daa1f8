import { serversOrSkip } from '../../../scripts/test-servers/servers-or-skip.ts';
import type { TestServers } from '../../../scripts/test-servers/test-servers.ts';
import { leftOut } from '../../lab/required.ts';

const { servers, skip } = await serversOrSkip();

/** Option of suites that render or apply: skipped, with the reason, where kubectl and Helm are not to be had. */
export const withoutTools: { readonly skip: string | false } = { skip: skip || withoutHelm() };

function withoutHelm(): string | false {
  if (!servers || servers.helm) return false;
  return leftOut({ missing: 'helm', remedy: 'make test-servers ARGS=--build' });
}

/** Only in suites that are not skipped. */
export function testServers(): TestServers {
  if (!servers) throw new Error('There are no test servers.');
  return servers;
}

/** Path of the program; only in suites that are not skipped. */
export function tool(name: 'kubectl' | 'helm'): string {
  const path = testServers()[name];
  if (path === undefined) throw new Error(`There is no ${name}.`);
  return path;
}
