import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newDirectory } from '../../../cli/clawfleet.ts';
import { rendered } from '../../../deploy/support/render.ts';
import { rightsIn } from '../../../deploy/support/rights.ts';
import { withoutServers } from '../support/api-server.ts';
import { FleetOnCluster } from '../support/fleet-on-cluster.ts';
import { accountIn, botIn } from '../support/manifests.ts';
import { patiently } from '../support/patiently.ts';

/** Only asked for when the answer to a write is lost: test/adapters/kubernetes/source/write/bot-writer.test.ts shows it. */
const forLostAnswers = ['get clawfleet.dev/accounts', 'get clawfleet.dev/bots'];
/** Asked for by whoever watches when the watch was cut, and of API servers whose watches bring no listing. */
const forCutWatches = ['list core/configmaps', 'list core/secrets'];

interface AuditLine {
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
  };
}

/** As `rightsIn` tells them, without the role. */
function rightOf({ verb, objectRef = {} }: AuditLine): string {
  const { apiGroup = 'core', resource, subresource } = objectRef;
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

describe('the rights of the controller', withoutServers, () => {
  let fleet: FleetOnCluster;
  const logs = newDirectory();
  const log = join(logs, 'audit.log');
  const asked = (): AuditLine[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  before(async () => {
    const user = 'system:serviceaccount:clawfleet-system:clawfleet';
    const rules = [{ level: 'Metadata', users: [user], omitStages: ['RequestReceived'] }, { level: 'None' }];
    writeFileSync(
      join(logs, 'policy'),
      JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }),
    );
    const apiserverFlags = [`--audit-policy-file=${join(logs, 'policy')}`, `--audit-log-path=${log}`];
    fleet = await FleetOnCluster.open({}, { apiserverFlags });
  });
  after(() => fleet?.close());

  it('suffice for everything that it does, and each of them is used', async () => {
    const ready = () => fleet.kubectl(['wait', '--for=condition=Ready', 'bot', '--all', '--timeout=30s']);
    await fleet.kubectl(['create', 'secret', 'generic', 'token', '--from-literal=token=test']);
    await fleet.apply(
      accountIn('default', { tokenSecretRef: { name: 'token', key: 'token' } }),
      botIn('default', 'alpha'),
    );
    fleet.run();
    await ready();
    // The lease is watched by those that do not have it.
    await fleet.run().until(/leads; this process stands by/);
    await patiently('the lease is watched', () =>
      asked().some((line) => rightOf(line) === 'watch coordination.k8s.io/leases'),
    );
    // An event that repeats itself becomes a series.
    for (const command of ['stop', 'start', 'stop', 'start'])
      await fleet.clawfleet(command, 'alpha', '--wait');
    await fleet.kubectl(['delete', 'configmap', 'clawfleet-fleet', '-n', 'clawfleet-system']);
    await patiently(
      'the record is made again',
      async () =>
        (await fleet.tried(['get', 'configmap', 'clawfleet-fleet', '-n', 'clawfleet-system'])).code === 0,
    );
    await fleet.kubectl(['delete', 'bot', 'alpha', '--timeout=20s']);
    await fleet.endControllers();
    const refused = asked().filter(({ responseStatus }) => responseStatus?.code === 403);
    assert.deepEqual(refused.map(rightOf), []);
    const used = new Set([...asked().map(rightOf), ...forLostAnswers, ...forCutWatches]);
    const granted = rightsIn(await rendered('deploy/kubernetes'))
      .filter((right) => /^clawfleet-(bots|cluster|secrets|state):/.test(right))
      .map((right) => right.replace(/^\S+ /, '').replace(/^(\S+ \S+).*$/, '$1'));
    assert.deepEqual(
      [...new Set(granted)].filter((right) => !used.has(right)),
      [],
      'granted and never used',
    );
  });
});
