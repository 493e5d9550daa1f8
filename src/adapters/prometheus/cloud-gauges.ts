import { Gauge, type Registry } from 'prom-client';
import type { CloudOverview, FleetOverview } from '../../model/fleet-overview.ts';

/** Each token's cloud in figures: call budget, droplets, orphans, age of the fleet view. */
export function cloudGauges(registry: Registry, overview: Overview): void {
  const each = (
    name: string,
    help: string,
    labels: string[],
    add: (gauge: Gauge, cloud: CloudOverview, label: string) => void,
  ) =>
    overviewGauge(registry, name, help, ['cloud', ...labels], overview, (gauge, fleet) => {
      for (const cloud of fleet.clouds) add(gauge, cloud, cloudLabel(cloud));
    });
  each(
    'clawfleet_budget_limit',
    'Cloud calls granted in a window.',
    ['window'],
    (gauge, { budget }, cloud) => {
      gauge.inc({ cloud, window: 'hour' }, budget.hourlyLimit);
      gauge.inc({ cloud, window: 'minute' }, budget.minuteLimit);
    },
  );
  each(
    'clawfleet_budget_remaining',
    'Cloud calls left in a window.',
    ['window'],
    (gauge, { budget }, cloud) => {
      gauge.inc({ cloud, window: 'hour' }, budget.hourlyRemaining);
      gauge.inc({ cloud, window: 'minute' }, budget.minuteRemaining);
    },
  );
  each('clawfleet_budget_queued', 'Cloud calls that wait for their turn.', [], (gauge, { budget }, cloud) =>
    gauge.inc({ cloud }, budget.queued),
  );
  each(
    'clawfleet_orphans',
    'Droplets with the fleet’s tag that belong to no bot.',
    [],
    (gauge, { orphans }, cloud) => gauge.inc({ cloud }, orphans.length),
  );
  each('clawfleet_droplets', 'Droplets with the fleet’s tag.', [], (gauge, { droplets }, cloud) =>
    gauge.inc({ cloud }, droplets),
  );
  each('clawfleet_cloud_up', 'Whether the cloud can be worked with.', [], (gauge, { trouble }, cloud) =>
    gauge.set({ cloud }, trouble === undefined ? 1 : 0),
  );
  each(
    'clawfleet_cloud_incident',
    'Tokens for which the cloud contradicts itself, or lacks so much at once that nothing counts as gone.',
    [],
    (gauge, { incident }, cloud) => gauge.inc({ cloud }, incident === undefined ? 0 : 1),
  );
  each(
    'clawfleet_cloud_account_status',
    'Standing of the cloud account: 1 at the status that it has, 0 at the others; absent before it was read.',
    ['status'],
    (gauge, { accountStatus }, cloud) => {
      if (accountStatus === undefined) return;
      for (const status of ['active', 'warning', 'locked'])
        gauge.set({ cloud, status }, status === accountStatus ? 1 : 0);
    },
  );
  each(
    'clawfleet_fleet_view_age_seconds',
    'Time since the last whole listing began; absent before the first.',
    [],
    (gauge, { viewAgeMs }, cloud) => {
      if (viewAgeMs !== undefined) gauge.set({ cloud }, viewAgeMs / 1_000);
    },
  );
}

/** Two tokens of one account share a label; their figures are added up. */
function cloudLabel(cloud: CloudOverview): string {
  return `${new URL(cloud.apiURL).host}/${cloud.accountUUID ?? 'unknown'}`;
}

/** Undefined before there is a fleet to look at. */
export type Overview = () => FleetOverview | undefined;

/** A gauge that is written anew from the overview at each scrape. */
export function overviewGauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  overview: Overview,
  write: (gauge: Gauge, fleet: FleetOverview) => void,
): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      const fleet = overview();
      if (fleet) write(this, fleet);
    },
  });
}
