import { Counter, Gauge, type Registry } from 'prom-client';
import type { FleetOverview, StalledBot } from '../../model/fleet-overview.ts';
import { phases } from '../../model/spec/bot-status.ts';
import type { Log } from '../../ports/log.ts';
import { driftKinds, type Metrics } from '../../ports/metrics.ts';
import { cloudGauges, type Overview, overviewGauge } from './cloud-gauges.ts';

const doubtStages = ['opened', 'found', 'settled'] as const;

type FleetCounts = Pick<Metrics, 'driftFound' | 'driftCorrected' | 'createDoubt'>;

/** What clawfleet alone has: counts of drift and doubt, and the fleet in figures, read at scrape time. */
export function fleetMetrics(registry: Registry, overview: Overview): FleetCounts {
  const found = driftCounter(
    registry,
    'found',
    'Differences found between what is declared and what is, by kind.',
  );
  const corrected = driftCounter(registry, 'corrected', 'Differences set right, by kind.');
  const doubts = new Counter({
    name: 'clawfleet_create_doubts_total',
    help: 'Creates whose outcome was not known: opened, then found (it had happened) or settled (it had not).',
    registers: [registry],
    labelNames: ['stage'],
  });
  for (const stage of doubtStages) doubts.inc({ stage }, 0);
  fleetGauges(registry, overview);
  cloudGauges(registry, overview);
  return {
    driftFound: (kind) => found.inc({ kind }),
    driftCorrected: (kind) => corrected.inc({ kind }),
    createDoubt: (stage) => doubts.inc({ stage }),
  };
}

function driftCounter(registry: Registry, stage: 'found' | 'corrected', help: string) {
  const counter = new Counter({
    name: `clawfleet_drift_${stage}_total`,
    help,
    registers: [registry],
    labelNames: ['kind'],
  });
  for (const kind of driftKinds) counter.inc({ kind }, 0);
  return counter;
}

function fleetGauges(registry: Registry, overview: Overview): void {
  const plain = (name: string, help: string, read: (fleet: FleetOverview) => number) =>
    overviewGauge(registry, name, help, [], overview, (gauge, fleet) => gauge.set(read(fleet)));
  overviewGauge(registry, 'clawfleet_bots', 'Bots, by phase.', ['phase'], overview, (gauge, fleet) => {
    for (const phase of phases) gauge.set({ phase }, fleet.byPhase[phase]);
  });
  overviewGauge(
    registry,
    'clawfleet_holds',
    'Bots held: their deletion, the re-creation of their droplets, or a destruction that nobody asked for.',
    ['kind'],
    overview,
    (gauge, fleet) => {
      for (const kind of ['delete', 'recreate', 'destroy']) gauge.set({ kind }, 0);
      for (const hold of fleet.holds) gauge.inc({ kind: hold.kind }, hold.keys.length);
    },
  );
  overviewGauge(
    registry,
    'clawfleet_bots_not_ready',
    'Bots that are not Ready, by the reason: held, stalled, waiting or on their way.',
    ['reason'],
    overview,
    (gauge, fleet) => {
      for (const [reason, bots] of Object.entries(fleet.notReadyBy)) gauge.set({ reason }, bots);
    },
  );
  plain(
    'clawfleet_state_old',
    'Droplets newer than the state, until somebody accepts it; 0 when all is well.',
    (fleet) => fleet.oldState?.droplets ?? 0,
  );
  plain('clawfleet_bots_ready', 'Bots that are Ready.', (fleet) => fleet.ready);
  plain('clawfleet_bots_stalled', 'Bots that wait for a person.', (fleet) => fleet.stalled);
  overviewGauge(
    registry,
    'clawfleet_invalid_resources',
    'Bots and accounts whose declaration is wrong, by kind.',
    ['kind'],
    overview,
    (gauge, { invalid }) => {
      for (const kind of ['Bot', 'Account'] as const) gauge.set({ kind }, invalid[kind]);
    },
  );
  plain(
    'clawfleet_open_create_attempts',
    'Creates whose outcome is not recorded.',
    (fleet) => fleet.openAttempts,
  );
  plain('clawfleet_bots_listened_for', 'Bots whose heartbeats are expected.', (fleet) => fleet.listenedFor);
  plain(
    'clawfleet_bots_silent_together',
    'Bots that fell silent together, so that none is rebooted or replaced for it.',
    (fleet) => fleet.silentTogether,
  );
  plain('clawfleet_droplets_in_creation', 'Droplets between POST and active.', (fleet) => fleet.creating);
  plain(
    'clawfleet_cost_usd_per_month',
    'List price of the fleet’s droplets for a month, in USD.',
    (fleet) => fleet.costMonthlyUSD,
  );
}

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
