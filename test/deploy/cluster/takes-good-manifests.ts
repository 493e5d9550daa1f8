import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Cluster } from '../support/cluster.ts';
import { root } from '../support/render.ts';

export function takesGoodManifests(cluster: () => Cluster): void {
  describe('a server with the definitions', () => {
    it('takes the ten example bots and their accounts', async () => {
      const args = ['apply', '--server-side', '--dry-run=server', '-o', 'name'];
      const out = await cluster().kubectl([...args, '-f', join(root, 'deploy/examples/bots')]);
      const kinds = out
        .trim()
        .split('\n')
        .map((line) => line.split('/')[0]);
      assert.equal(kinds.filter((kind) => kind === 'bot.clawfleet.dev').length, 10);
      assert.equal(kinds.filter((kind) => kind === 'account.clawfleet.dev').length, 3);
    });

    it('takes the example of an account, a bot and its Secret', async () => {
      const args = [
        'apply',
        '--dry-run=server',
        '-o',
        'name',
        '-f',
        join(root, 'deploy/examples/kubernetes'),
      ];
      assert.deepEqual((await cluster().kubectl(args)).trim().split('\n').sort(), [
        'account.clawfleet.dev/workshop',
        'bot.clawfleet.dev/kestrel',
        'secret/kestrel-llm',
      ]);
      const secret = readFileSync(join(root, 'deploy/examples/kubernetes/secret.yaml'), 'utf8');
      assert.match(secret, /api-key: put-your-key-here/);
    });

    it('has the definitions established, their schemas structural', async () => {
      const out = await cluster().kubectl([
        ...['get', 'crd', 'accounts.clawfleet.dev', 'bots.clawfleet.dev'],
        ...['-o', 'jsonpath={range .items[*].status.conditions[*]}{.type}={.status} {end}'],
      ]);
      assert.deepEqual(out.trim().split(' ').sort(), [
        'Established=True',
        'Established=True',
        'NamesAccepted=True',
        'NamesAccepted=True',
      ]);
    });

    const explained: Readonly<Record<string, RegExp>> = {
      bot: /A bot on a DigitalOcean droplet of its own\./,
      'bot.spec.droplet.size': /Default: s-1vcpu-2gb\./,
      'bot.spec.powerState': /Default: Running\./,
      'bot.spec.risk.maxDailyLossPercent': /Default: 5\./,
      'bot.spec.llm.apiKey': /Exactly one of secretRef and encrypted\./,
      'bot.status.conditions': /Ready, Reconciling and Stalled follow kstatus\./,
      'account.spec.tier': /free 0, basic 2, pro 4\. Default: free\./,
    };
    for (const [field, words] of Object.entries(explained)) {
      it(`explains ${field}, with its default`, async () => {
        assert.match((await cluster().kubectl(['explain', field])).replace(/\s+/g, ' '), words);
      });
    }

    it('shows both kinds under the category clawfleet', async () => {
      const out = await cluster().kubectl(['api-resources', '--categories=clawfleet', '-o', 'name']);
      assert.deepEqual(out.trim().split('\n'), ['accounts.clawfleet.dev', 'bots.clawfleet.dev']);
    });
  });
}
