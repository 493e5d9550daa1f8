/**
 * Says where the servers are that tests start, and gets them where there are none: the official download or, failing
 * that or with --build, a Go build, which takes minutes.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { built } from './test-servers/built.ts';
import { MissingServersError, resolveTestServers } from './test-servers/resolve.ts';
import { userCache } from './test-servers/server-cache.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const build = () => built(userCache(process.env), say);

const { values } = parseArgs({ options: { build: { type: 'boolean', default: false } } });

if (values.build) await build();
const servers = await resolveTestServers().catch(async (error: unknown) => {
  if (!(error instanceof MissingServersError) || process.env['KUBEBUILDER_ASSETS'] || !hasGo()) throw error;
  say(error.message);
  await build();
  return resolveTestServers();
});
for (const [name, path] of Object.entries(servers)) process.stdout.write(`${name}: ${path ?? 'none'}\n`);

function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}
