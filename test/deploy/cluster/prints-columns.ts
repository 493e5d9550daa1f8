import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Cluster } from '../support/cluster.ts';

const manifests = `
apiVersion: clawfleet.dev/v1alpha1
kind: Account
metadata: {name: main, namespace: columns}
spec: {tier: basic}
---
apiVersion: clawfleet.dev/v1alpha1
kind: Bot
metadata: {name: albatross, namespace: columns}
spec: {accountRef: {name: main}}
`;

const cloud = { apiURL: 'https://api.digitalocean.com', accountUUID: 'a' };
const botStatus = {
  phase: 'Online',
  observedGeneration: 1,
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'AsDeclared',
      message: 'As declared.',
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 1,
    },
  ],
  droplet: {
    id: 400000001,
    name: 'openclaw-bot-x',
    status: 'active',
    publicIPv4: '203.0.113.7',
    region: 'nyc3',
    size: 's-1vcpu-2gb',
    image: 'ubuntu-22-04-x64',
    createdAt: '2026-01-01T00:00:00Z',
    priceMonthlyUSD: 12,
    origin: 'Created',
    seen: true,
    cloud,
    managedTags: [],
  },
  appliedConfig: { id: `3-${'a'.repeat(64)}`, version: 3, since: '2026-01-01T00:00:00Z' },
  lastHeartbeatTime: '2026-01-01T00:00:00Z',
};
const accountStatus = { used: 1, waiting: 0, limit: 2, costMonthlyUSD: 12, observedGeneration: 1 };

export function printsColumns(cluster: () => Cluster): void {
  const status = (resource: string, value: object) =>
    cluster().kubectl([
      ...['-n', 'columns', 'patch', resource, '--subresource=status', '--type=merge'],
      ...['-p', JSON.stringify({ status: value })],
    ]);
  const table = async (...args: readonly string[]): Promise<readonly (readonly string[])[]> => {
    const out = await cluster().kubectl(['-n', 'columns', 'get', ...args]);
    return out
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/));
  };

  describe('kubectl get', () => {
    before(async () => {
      await cluster().kubectl(['create', 'namespace', 'columns']);
      await cluster().kubectl(['apply', '-f', '-'], manifests);
      await status('bot/albatross', botStatus);
      await status('account/main', accountStatus);
    });

    it('shows a bot’s phase, readiness and droplet', async () => {
      const [head, row = []] = await table('bots');
      assert.deepEqual(head, ['NAME', 'PHASE', 'READY', 'DROPLET', 'IP', 'REGION', 'SIZE', 'AGE']);
      const values = ['albatross', 'Online', 'True', '400000001', '203.0.113.7', 'nyc3', 's-1vcpu-2gb'];
      assert.deepEqual(row.slice(0, -1), values);
    });

    it('shows account, cost, reason, config and heartbeat with -o wide, and takes the short name', async () => {
      const [head = [], row = []] = await table('cbot', '-o', 'wide');
      assert.deepEqual(head.slice(-5), ['ACCOUNT', 'COST', 'REASON', 'CONFIG', 'HEARTBEAT']);
      assert.deepEqual(row.slice(-5, -1), ['main', '12', 'AsDeclared', '3']);
      assert.match(row.at(-1) ?? '', /^\d+d$/);
    });

    it('shows an account’s tier, places and cost', async () => {
      const [head, row = []] = await table('accounts');
      assert.deepEqual(head, ['NAME', 'TIER', 'USED', 'LIMIT', 'WAITING', 'COST', 'AGE']);
      assert.deepEqual(row.slice(0, -1), ['main', 'basic', '1', '2', '0', '12']);
    });

    it('waits for a bot by its condition', async () => {
      const args = ['-n', 'columns', 'wait', '--for=condition=Ready', 'bot/albatross', '--timeout=5s'];
      assert.equal(await cluster().kubectl(args), 'bot.clawfleet.dev/albatross condition met\n');
    });
  });
}
