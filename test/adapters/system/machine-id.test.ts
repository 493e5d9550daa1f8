import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { machineID } from '../../../src/adapters/system/machine-id.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';

const id = '4c8e2f60a1b24d3f9a7b5c6d7e8f9012';
const other = '5c8e2f60a1b24d3f9a7b5c6d7e8f9012';

/** What is known of a machine with these files. */
function known(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const root = temporaryDirectory('machine');
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return machineID({ root, env });
}

describe('a machine’s id', () => {
  it('is the same at every look, another one on another machine, and not the confidential one', () => {
    const found = known({ 'etc/machine-id': `${id}\n` });
    assert.match(found ?? '', /^[0-9a-f]{16}$/);
    assert.equal(known({ 'etc/machine-id': id }), found);
    assert.notEqual(known({ 'etc/machine-id': other }), found);
    assert.ok(!id.includes(found ?? id));
  });

  it('is D-Bus’s or the host’s where that is all there is', () => {
    const found = known({ 'etc/machine-id': id });
    assert.equal(known({ 'etc/machine-id': '', 'var/lib/dbus/machine-id': `${id}\n` }), found);
    assert.equal(known({ 'etc/hostid': '4c8e2f60-a1b2-4d3f-9a7b-5c6d7e8f9012\n' }), found);
  });

  for (const [what, files] of [
    ['no file', {}],
    ['an empty file', { 'etc/machine-id': '' }],
    ['a first boot', { 'etc/machine-id': 'uninitialized\n' }],
    ['a file of something else', { 'etc/machine-id': 'localhost\n' }],
    ['zeros', { 'etc/machine-id': '0'.repeat(32) }],
    ['an id that ends with the boot', { 'etc/machine-id': id, 'run/machine-id': id }],
    ['Docker', { 'etc/machine-id': id, '.dockerenv': '' }],
    ['Podman', { 'etc/machine-id': id, 'run/.containerenv': '' }],
    [
      'a control group of Kubernetes',
      { 'etc/machine-id': id, 'proc/1/cgroup': '0::/kubepods/besteffort/pod1\n' },
    ],
  ] as const)
    it(`is not known with ${what}`, () => {
      assert.equal(known(files), undefined);
    });

  it('is not known in a pod, nor where the container says that it is one', () => {
    const files = { 'etc/machine-id': id, 'proc/1/cgroup': '0::/\n' };
    assert.notEqual(known(files), undefined);
    assert.equal(known(files, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }), undefined);
    assert.equal(known(files, { container: 'lxc' }), undefined);
  });
});
