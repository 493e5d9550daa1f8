import { Gauge, type Registry } from 'prom-client';
import type { FleetOverview } from '../../model/fleet-overview.ts';

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
