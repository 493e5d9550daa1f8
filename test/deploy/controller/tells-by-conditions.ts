import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { FleetOnCluster } from '../../adapters/kubernetes/support/fleet-on-cluster.ts';
import { accounts, beyondCel } from '../support/beyond-cel.ts';
import { at, listAt } from '../support/manifest.ts';

const object = (kind: 'Account' | 'Bot', name: string, spec: object) => ({
  apiVersion: 'clawfleet.dev/v1alpha1',
  kind,
  metadata: { name, namespace: 'default' },
  spec,
});
const nameOf = (index: number) => `beyond-${index}`;

export function tellsByConditions(fleet: () => FleetOnCluster): void {
  describe('what the API server cannot know is told by a condition', () => {
    before(() =>
      fleet().apply(
        ...Object.entries(accounts).map(([name, spec]) => object('Account', name, spec)),
        ...beyondCel.map(({ spec }, index) => object('Bot', nameOf(index), spec)),
      ),
    );

    for (const [index, { name, condition, reason, message }] of beyondCel.entries()) {
      it(name, async () => {
        const bot = `bot/${nameOf(index)}`;
        const status = `jsonpath={.status.conditions[?(@.type=="${condition}")].status}=True`;
        await fleet().kubectl(['wait', `--for=${status}`, bot, '--timeout=30s']);
        const stored: unknown = JSON.parse(await fleet().kubectl(['get', bot, '-o', 'json']));
        const told = listAt(stored, 'status', 'conditions').find((one) => at(one, 'type') === condition);
        assert.equal(at(told, 'reason'), reason);
        assert.match(String(at(told, 'message')), message);
      });
    }
  });
}
