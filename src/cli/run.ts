import type { Command } from 'commander';
import { prometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { composeController } from '../compose/compose-controller.ts';
import { rememberRun } from '../config/last-run.ts';
import { exitCodes } from '../config/user-error.ts';
import { type RunConfig, type RunFlags, readRunConfig } from '../config.ts';
import type { CliContext, InterruptSignal } from './cli-context.ts';
import { cloudLine } from './cloud-line.ts';
import { examples, fleetFlags } from './flags.ts';
import { openHealth } from './run-health.ts';
import { openRunOutput, type RunOutput } from './run-output.ts';

/** How long what is under way may take to end (reference of controller-runtime). */
const drainMs = 30_000;

export function defineRun(command: Command, context: CliContext): void {
  fleetFlags(command)
    .option('--listen <address>', 'HOST:PORT of /metrics, /healthz and /readyz, or off', '127.0.0.1:9464')
    .option('--log-format <format>', 'live (a table on a terminal), text, json or auto', 'auto')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action((flags: RunFlags) => run(flags, context));
  examples(command, [
    'clawfleet run --source deploy/examples/bots',
    'clawfleet run --source bots --state /var/lib/clawfleet/bots.db --log-format json',
    'DIGITALOCEAN_ACCESS_TOKEN=… clawfleet run --source bots --no-bot-api',
  ]);
}

async function run(flags: RunFlags, context: CliContext): Promise<void> {
  const config = readRunConfig(flags, context);
  const output = openRunOutput(config.log, context);
  const interrupted = new Promise<InterruptSignal>((resolve) => context.onInterrupt(resolve));
  output.tell(cloudLine(config.cloud, context.env), { cloud: config.cloud.kind });
  output.tell(`State: ${config.stateFile}`, { state: config.stateFile });
  if (config.settings.createsForbidden) output.warn(config.settings.createsForbidden);
  const metrics = prometheusMetrics();
  const composed = await composeController(config, { log: output.log, metrics, observer: metrics });
  const { controller, source } = composed;
  try {
    const health = await openHealth(config.listen, metrics, () => controller.overview().notReady);
    if (health) output.tell(`Metrics: ${health.url}/metrics`, { metrics: `${health.url}/metrics` });
    if (composed.simulatorURL)
      output.tell(`Simulator: ${composed.simulatorURL}`, { simulator: composed.simulatorURL });
    try {
      await controller.start();
      void composed.checkToken();
      rememberRun(config, context.cwd);
      output.open({
        cloud: cloudName(config),
        overview: () => controller.overview(),
        bots: () => source.bots(),
        onChange: (listener) => controller.onChange(listener),
      });
      drainingLine(output, await interrupted);
      context.finish(await drained(() => controller.stop(), output));
    } finally {
      await health?.close();
    }
  } finally {
    output.close();
    await composed.stop();
  }
}

function cloudName({ cloud }: RunConfig): string {
  return cloud.kind === 'simulator' ? 'built-in simulator' : new URL(cloud.apiURL).host;
}

function drainingLine(output: RunOutput, signal: InterruptSignal): void {
  output.close();
  output.tell(`${signal}: ending what is under way, ${drainMs / 1_000} s at most; once more quits at once.`, {
    signal,
  });
}

/** The exit code: 0 when everything under way ended in time. */
async function drained(stop: () => Promise<void>, output: RunOutput): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), drainMs);
  });
  const result = await Promise.race([stop(), late]);
  clearTimeout(timer);
  if (result !== 'late') {
    output.tell('Ended. Droplets go on as they are; `clawfleet run` takes up from here.', {});
    return exitCodes.ok;
  }
  output.warn('Not everything ended in time; the next run looks at it again.');
  return exitCodes.failed;
}
