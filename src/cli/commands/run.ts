import type { Command } from 'commander';
import { type Composition, composeController } from '../../compose/compose-controller.ts';
import type { Election } from '../../compose/election.ts';
import type { BotAPIListener } from '../../compose/listen-for-bots.ts';
import {
  keepHeapTight,
  openHealth,
  type PrometheusMetrics,
  prometheusMetrics,
  tidyMemoryAtRest,
} from '../../compose/process.ts';
import { type RunConfig, type RunFlags, readRunConfig } from '../../config/run-config.ts';
import { rememberRun, sourceLocation } from '../../config/source-config.ts';
import { exitCodes } from '../../config/user-error.ts';
import type { CliContext, InterruptSignal } from '../cli-context.ts';
import { examples, fleetFlags } from '../flags.ts';
import { calledAt, drained, type End, inTime, openDoor, patienceFor } from '../run/run-end.ts';
import { openRunOutput, type RunOutput } from '../run/run-output.ts';
import { cloudLine } from '../view/fleet-view.ts';

export function defineRun(command: Command, context: CliContext): void {
  fleetFlags(command)
    .option('--leader-elect', 'kubernetes: act only while holding the cluster’s lease', true)
    .option('--no-leader-elect', 'kubernetes: act without a lease; no other controller may run')
    .option(
      '--listen <address>',
      'HOST:PORT of /metrics, /healthz, /readyz and of `describe --why`, or off',
      '127.0.0.1:9464',
    )
    .option('--metrics-per-bot', 'a metric for each stalled bot, with its name: clawfleet_bot_stalled')
    .option('--bot-listen <address>', 'HOST:PORT of the bot API', '127.0.0.1:9465')
    .option('--tls-cert <file>', 'PEM file of the bot API’s certificate; without it, a proxy must end TLS')
    .option('--tls-key <file>', 'PEM file of its key; both are read again when they change')
    .option(
      '--trusted-proxies <networks>',
      'proxies before the bot API whose X-Forwarded-For is believed, comma-separated (default: none)',
    )
    .option(
      '--peer-listen <address>',
      'kubernetes, mongodb: HOST:PORT where replicas that do not lead hand over bots’ calls, or off',
      ':9466',
    )
    .option('--max-long-polls <count>', 'most bots that wait for a config at once', '20000')
    .option(
      '--registration-token-life <duration>',
      'how long a droplet has to register, from when it is active',
      '1h',
    )
    .option('--log-format <format>', 'live (a table on a terminal), text, json or auto', 'auto')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((flags: RunFlags) => run(flags, context));
  examples(command, [
    'clawfleet run --source deploy/examples/bots',
    'clawfleet run --source bots --state /var/lib/clawfleet/bots.db --log-format json',
    'DIGITALOCEAN_ACCESS_TOKEN=… clawfleet run --source bots --control-plane-url https://fleet.example.com',
    'DIGITALOCEAN_ACCESS_TOKEN=… clawfleet run --source bots --no-bot-api',
    'DIGITALOCEAN_ACCESS_TOKEN=… clawfleet run --source kubernetes --context prod --no-bot-api',
    'MONGODB_URI=mongodb://… DIGITALOCEAN_ACCESS_TOKEN=… clawfleet run --source mongodb --no-bot-api',
  ]);
}

interface Session {
  readonly config: RunConfig;
  readonly context: CliContext;
  readonly output: RunOutput;
  readonly composed: Composition;
  readonly door: BotAPIListener | undefined;
  readonly interrupted: Promise<InterruptSignal>;
}

async function run(flags: RunFlags, context: CliContext): Promise<void> {
  const read = readRunConfig(flags, context);
  const output = openRunOutput(read.log, context);
  const interrupted = new Promise<InterruptSignal>((resolve) => context.onInterrupt(resolve));
  tellPlaces(read, output, context);
  const metrics = prometheusMetrics(read.metricsPerBot ? { perBot: output.log } : {});
  const door = await openDoor(read, output, metrics);
  const config = calledAt(read, door);
  tidyMemoryAtRest();
  let composed: Composition | undefined;
  let end: End | undefined;
  try {
    composed = await compose(config, output, metrics, door);
    const { notReady } = composed;
    metrics.watchReady(() => notReady());
    const { replicaKey } = composed;
    door?.trust(() => replicaKey());
    end = await serving({ config, context, output, composed, door, interrupted }, metrics);
    if (end === 'lost') context.finish(exitCodes.failed);
  } finally {
    output.close();
    await door?.end(0);
    if (composed) await inTime(composed.stop(), patienceFor(end));
  }
}

function compose(
  config: RunConfig,
  output: RunOutput,
  metrics: PrometheusMetrics,
  door: BotAPIListener | undefined,
): Promise<Composition> {
  const { botAPI } = config;
  return composeController(config, {
    log: output.log,
    metrics,
    observer: metrics,
    ...(botAPI &&
      door && {
        botAPI: {
          ...{ agents: botAPI, maxLongPolls: botAPI.maxLongPolls },
          ...{ gate: door.gate, peerAddress: door.peerAddress },
        },
      }),
  });
}

function tellPlaces(config: RunConfig, output: RunOutput, context: CliContext): void {
  output.tell(cloudLine(config.cloud, context.env), { cloud: config.cloud.kind });
  const { state } = sourceLocation(config.source);
  output.tell(`State: ${state}`, { state });
  if (config.settings.createsForbidden) output.warn(config.settings.createsForbidden);
}

async function serving(session: Session, metrics: PrometheusMetrics): Promise<End> {
  const { config, output, composed } = session;
  const { simulatorURL } = composed;
  const health = await openHealth(config.listen, {
    metrics,
    notReady: () => composed.notReady(),
    warnings: () => composed.warnings(),
    leads: () => composed.leads(),
    decision: (key) => composed.decision(key),
  });
  if (health) output.tell(`Metrics: ${health.url}/metrics`, { metrics: `${health.url}/metrics` });
  if (simulatorURL) output.tell(`Simulator: ${simulatorURL}`, { simulator: simulatorURL });
  try {
    const signal = await elected(session);
    if (signal === undefined) return await leading(session);
    output.tell(`${signal}: ending; this process stood by.`, { signal });
    return signal;
  } finally {
    await health?.close();
  }
}

/** Undefined once this process may act; the signal when one comes first. */
async function elected({ composed, output, interrupted }: Session): Promise<InterruptSignal | undefined> {
  const { election } = composed;
  if (!election) return undefined;
  const { lease } = election;
  output.tell(`Lease: ${lease}`, { lease });
  const won = election.win((holder) =>
    output.tell(`${holder} leads; this process stands by.`, { lease, holder }),
  );
  return Promise.race([won.then(() => undefined), interrupted]);
}

async function leading(session: Session): Promise<End> {
  const { config, output, composed, interrupted } = session;
  const { election, source } = composed;
  const ended: Promise<End> = Promise.race([interrupted, lossOf(election)]);
  const controller = await Promise.race([composed.start(), ended]);
  if (typeof controller === 'string') return controller;
  if (session.door) keepHeapTight();
  void composed.checkToken();
  remember(session);
  output.open({
    cloud: cloudName(config),
    overview: () => controller.overview(),
    bots: () => source.bots(),
    onChange: (listener) => controller.onChange(listener),
  });
  const end = await ended;
  await drained(end, session, controller);
  return end;
}

/** A convenience for the other commands: a run goes on where nothing can be written, as in a pod. */
function remember({ config, context, output }: Session): void {
  try {
    rememberRun(config.source, context.cwd);
  } catch (error) {
    output.log.debug({ err: error }, 'this run could not be noted: give other commands --source');
  }
}

function lossOf(election: Election | undefined): Promise<End> {
  return election ? election.lost.then(() => 'lost') : new Promise(() => undefined);
}

function cloudName({ cloud }: RunConfig): string {
  return cloud.kind === 'simulator' ? 'built-in simulator' : new URL(cloud.apiURL).host;
}
