import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  KubeLeaseStore,
  type LeaseObject,
} from '../../../../../src/adapters/kubernetes/client/lease/kube-lease-store.ts';
import { systemChance } from '../../../../../src/adapters/system/system-chance.ts';
import { systemClock } from '../../../../../src/adapters/system/system-clock.ts';
import { LeaderElector } from '../../../../../src/election/leader-elector.ts';
import { silentLog } from '../../../../../src/ports/log.ts';
import { until } from '../../../../lab/until.ts';
import type { ApiServer } from '../../support/api-server.ts';

/** Elections; the last of them leaves the server dead. */
export function elects(api: () => ApiServer): void {
  describe('LeaderElector', () => {
    const told: string[] = [];
    const candidate = (identity: string) =>
      new LeaderElector({
        store: new KubeLeaseStore({ client: api().client, namespace: 'default', name: 'fleet' }),
        clock: systemClock,
        chance: systemChance,
        log: silentLog,
        lease: 'default/fleet',
        identity,
        timing: { leaseMs: 1_000, renewMs: 700, retryMs: 50 },
        onStartedLeading: (epoch) => told.push(`${identity} leads ${epoch}`),
        onStoppedLeading: () => told.push(`${identity} stops`),
        onNewLeader: (holder) => told.push(`${identity} sees ${holder}`),
      });

    it('elects one of two, and the other one when that resigns', async () => {
      const [a, b] = [candidate('a'), candidate('b')];
      a.start();
      await until('a to lead', 5_000, 5, () => told.includes('a leads 0'));
      b.start();
      await until('b to see it', 5_000, 5, () => told.includes('b sees a'));
      assert.ok(a.msLeft() > 0);
      assert.equal(b.msLeft(), 0);
      await a.stop();
      await until('b to lead', 5_000, 5, () => told.includes('b leads 1'));
      const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/fleet';
      const { spec } = await api().client.request<LeaseObject>('GET', path);
      assert.deepEqual([spec?.holderIdentity, spec?.leaseTransitions], ['b', 1]);
      assert.match(spec?.renewTime ?? '', /\.\d{6}Z$/);
      await b.stop();
      assert.deepEqual(told, [
        'a sees a',
        'a leads 0',
        'b sees a',
        'a stops',
        'b sees b',
        'b leads 1',
        'b stops',
      ]);
      assert.equal((await api().client.request<LeaseObject>('GET', path)).spec?.holderIdentity ?? '', '');
    });

    it('tells the one that leads to stop when the server is killed for longer than the lease lasts', async () => {
      told.length = 0;
      const elector = candidate('c');
      elector.start();
      await until('c to lead', 5_000, 5, () => elector.msLeft() > 0);
      await api().apiserver.kill();
      await until('c to stop', 3_000, 5, () => told.includes('c stops'));
      assert.equal(elector.msLeft(), 0);
      await elector.stop();
    });
  });
}
