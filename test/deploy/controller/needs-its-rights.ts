import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { FleetOnCluster } from '../../adapters/kubernetes/support/fleet-on-cluster.ts';
import { patiently } from '../../adapters/kubernetes/support/patiently.ts';
import type { Audit, AuditedRequest } from '../support/audit.ts';
import { controllerRoles, grant, mayDo, needs, type Right, rightsOf } from '../support/roles.ts';

/** Ends the controller: `audit` has noted what it asked for all its life. */
export function needsItsRights(fleet: () => FleetOnCluster, audit: Audit): void {
  describe('the rights of the controller', () => {
    let requests: readonly AuditedRequest[] = [];
    let rights: readonly Right[] = [];

    before(async () => {
      const { client } = fleet().server;
      const roles = await Promise.all(controllerRoles.map((role) => rightsOf(client, role)));
      rights = roles.flat();
      await fleet().endControllers();
      requests = audit.requests();
    });

    it('suffice: nothing that it asked for in its life was forbidden', () => {
      assert.ok(requests.length > 30, `${requests.length} requests`);
      assert.deepEqual(
        requests.filter(({ code }) => code === 401 || code === 403),
        [],
      );
    });

    it('are each needed: without it the API server forbids what the controller did', async () => {
      const { client } = fleet().server;
      for (const right of rights) {
        const request = requests.find((one) => needs(one, right));
        assert.ok(request, `nothing needed ${right.name}`);
        const others = rights.filter((other) => other.role === right.role && other !== right);
        await grant(client, right.role, others);
        await patiently(
          `${right.name} is forbidden`,
          async () => !(await mayDo(client, audit.user, request)),
        );
        await grant(client, right.role, [...others, right]);
        await patiently(`${right.name} is allowed`, () => mayDo(client, audit.user, request));
      }
    });
  });
}
