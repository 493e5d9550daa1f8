import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parse } from 'yaml';
import { newDirectory } from '../cli/clawfleet.ts';
import { inProcess } from '../cli/in-process.ts';

interface Service {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const file = new URL('../../deploy/examples/mongodb/compose.yaml', import.meta.url);
const { services, secrets } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
  secrets: object;
};

describe('the example with compose', () => {
  const cwd = newDirectory();
  after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'uri'), 'mongodb://ann:s3cr3t@127.0.0.1:9/clawfleet');

  for (const name of ['init', 'controller'])
    it(`gives ${name} arguments that the program takes, and a connection string that nobody sees`, async () => {
      const { command, environment, secrets: mounted } = services[name] ?? assert.fail();
      assert.equal(environment['MONGODB_URI_FILE'], '/run/secrets/uri');
      assert.ok(mounted.every((secret) => Object.hasOwn(secrets, secret)));
      const env = { MONGODB_URI_FILE: 'uri', DIGITALOCEAN_ACCESS_TOKEN: 'test' };
      const { code, stdout, stderr } = await inProcess(command, { cwd, env });
      // All arguments are read before the server is looked for.
      assert.match(stderr, /connecting to 127\.0\.0\.1:9\/clawfleet/);
      assert.doesNotMatch(stdout + stderr, /s3cr3t/);
      assert.equal(code, 1);
    });
});
