import { Gauge, type Registry } from 'prom-client';
import type { StalledBot } from '../../model/fleet-overview.ts';
import type { Log } from '../../ports/log.ts';
import { type Overview, overviewGauge } from './cloud-gauges.ts';

/** More series of one metric cost Prometheus more than they tell anybody. */
const mostSeries = 1_000;

/** Names each stalled bot: a thousand of them at most, and when there are more, `log` and a metric say so. */
export function stalledGauges(registry: Registry, overview: Overview, log: Log): void {
  let wereAllShown = true;
  overviewGauge(
    registry,
    'clawfleet_bot_stalled',
    'Bots that wait for a person, each with the reason of its condition Stalled; a thousand at most.',
    ['namespace', 'name', 'reason'],
    overview,
    (gauge, { stalledBots }) => {
      for (const { namespace, name, reason } of shown(stalledBots)) gauge.set({ namespace, name, reason }, 1);
      const omitted = omittedOf(stalledBots);
      if (omitted > 0 && wereAllShown)
        log.warn({ omitted, shown: mostSeries }, 'more bots are stalled than clawfleet_bot_stalled names');
      wereAllShown = omitted === 0;
    },
  );
  new Gauge({
    name: 'clawfleet_bot_stalled_omitted',
    help: 'Stalled bots that clawfleet_bot_stalled does not name, because there are more than a thousand.',
    registers: [registry],
    collect() {
      this.set(omittedOf(overview()?.stalledBots ?? []));
    },
  });
}

function shown(bots: readonly StalledBot[]): readonly StalledBot[] {
  return bots.slice(0, mostSeries);
}

function omittedOf(bots: readonly StalledBot[]): number {
  return Math.max(0, bots.length - mostSeries);
}
