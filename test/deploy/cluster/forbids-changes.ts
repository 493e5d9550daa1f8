import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster.ts';

const bot = (name: string, spec: string) =>
  `apiVersion: clawfleet.dev/v1alpha1\nkind: Bot\nmetadata: {name: ${name}, namespace: changes}\nspec: ${spec}\n`;

const apply = ['apply', '--server-side', '-f', '-'];

/** Changes of a bot that stands: what it says, and the rule that the refusal must name. */
const refused: Readonly<Record<string, readonly [spec: string, message: RegExp]>> = {
  'another account': [
    '{accountRef: {name: other}, adopt: {dropletID: 7}}',
    /spec\.accountRef\.name: Invalid value: must not change: quota and token come from the account/,
  ],
  'another droplet to adopt': [
    '{accountRef: {name: main}, adopt: {dropletID: 8}}',
    /spec\.adopt: Invalid value: must not change once set/,
  ],
  'another identity of the adopted droplet': [
    '{accountRef: {name: main}, adopt: {dropletID: 7, botID: seven}}',
    /spec\.adopt: Invalid value: must not change once set/,
  ],
  'no adoption any more': [
    '{accountRef: {name: main}}',
    /spec\.adopt: Invalid value: must not change once set/,
  ],
};

export function forbidsChanges(cluster: () => Cluster): void {
  describe('a bot that stands', () => {
    before(async () => {
      await cluster().kubectl(['create', 'namespace', 'changes']);
      await cluster().kubectl(apply, bot('seven', '{accountRef: {name: main}, adopt: {dropletID: 7}}'));
    });

    for (const [change, [spec, message]] of Object.entries(refused)) {
      it(`cannot be given ${change}`, async () => {
        const { code, stderr } = await cluster().tried(apply, bot('seven', spec));
        assert.equal(code, 1);
        assert.match(stderr, message);
      });
    }

    it('can be changed in the rest', async () => {
      const spec = '{accountRef: {name: main}, adopt: {dropletID: 7}, powerState: Stopped}';
      await cluster().kubectl(apply, bot('seven', spec));
    });
  });
}
