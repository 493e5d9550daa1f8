import { after, before, describe } from 'node:test';
import { appliesTheFolder } from './cluster/applies-the-folder.ts';
import { forbidsChanges } from './cluster/forbids-changes.ts';
import { installsTheChart } from './cluster/installs-the-chart.ts';
import { printsColumns } from './cluster/prints-columns.ts';
import { refusesBadManifests } from './cluster/refuses-bad-manifests.ts';
import { takesGoodManifests } from './cluster/takes-good-manifests.ts';
import { upgradesDefinitions } from './cluster/upgrades-definitions.ts';
import { type Cluster, openCluster } from './support/cluster.ts';
import { withoutTools } from './support/tool.ts';

describe('a real API server', withoutTools, () => {
  let opened: Cluster | undefined;
  const cluster = (): Cluster => {
    if (!opened) throw new Error('The cluster is not open.');
    return opened;
  };

  before(async () => {
    opened = await openCluster();
  });
  after(() => opened?.close());

  // First: it brings the definitions that the others need.
  appliesTheFolder(cluster);
  takesGoodManifests(cluster);
  refusesBadManifests(cluster);
  forbidsChanges(cluster);
  printsColumns(cluster);
  installsTheChart(cluster);
  upgradesDefinitions(cluster);
});
