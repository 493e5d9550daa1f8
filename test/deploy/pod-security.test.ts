import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, listAt, type Manifest, only } from './support/manifest.ts';
import { rendered, renderedChart } from './support/render.ts';
import { withoutTools } from './support/tool.ts';

const sources: Readonly<Record<string, () => Promise<readonly Manifest[]>>> = {
  'deploy/kubernetes': () => rendered('deploy/kubernetes'),
  'the example of an overlay': () => rendered('deploy/examples/overlay'),
  'the chart': () => renderedChart(),
};

for (const [name, manifests] of Object.entries(sources)) {
  describe(`the pod of ${name}`, withoutTools, async () => {
    const pod = withoutTools.skip
      ? undefined
      : at(only(await manifests(), 'Deployment'), 'spec', 'template', 'spec');
    const containers = listAt(pod, 'containers');

    it('is no root, by number, and under the runtime’s seccomp profile', () => {
      const context = at(pod, 'securityContext');
      assert.equal(at(context, 'runAsNonRoot'), true);
      assert.equal(at(context, 'runAsUser'), 1000);
      assert.deepEqual(at(context, 'seccompProfile'), { type: 'RuntimeDefault' });
    });

    it('may nothing more, and writes only where nothing is kept', () => {
      assert.equal(containers.length, 1);
      assert.deepEqual(at(containers[0], 'securityContext'), {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      assert.deepEqual(listAt(pod, 'volumes'), [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }]);
    });

    it('shares nothing with its node', () => {
      for (const field of ['hostNetwork', 'hostPID', 'hostIPC', 'initContainers'])
        assert.equal(at(pod, field), undefined, field);
      for (const port of listAt(containers[0], 'ports')) assert.equal(at(port, 'hostPort'), undefined);
    });

    it('is probed at /healthz and /readyz, and bounded in memory', () => {
      assert.equal(at(containers[0], 'livenessProbe', 'httpGet', 'path'), '/healthz');
      assert.equal(at(containers[0], 'startupProbe', 'httpGet', 'path'), '/healthz');
      assert.equal(at(containers[0], 'readinessProbe', 'httpGet', 'path'), '/readyz');
      assert.equal(at(containers[0], 'resources', 'limits', 'memory'), '512Mi');
      assert.equal(at(containers[0], 'resources', 'limits', 'cpu'), undefined);
    });

    it('is given the time to end that a drain takes', () => {
      assert.ok(Number(at(pod, 'terminationGracePeriodSeconds')) > 30);
    });
  });
}
