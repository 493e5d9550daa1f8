import { type Command, Option } from 'commander';
import { formatDuration } from '../config/duration.ts';
import { defaultRateLimit, formatRateLimit } from '../config/rate-limit.ts';
import { defaultSettings } from '../controller/settings.ts';

/** Where the bots are declared and their state is kept. */
export function sourceFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--source <source>',
        'directory that declares the bots, kubernetes, mongodb (by MONGODB_URI or the file MONGODB_URI_FILE) or mongodb://… (default: what `run` was last given here)',
      ).env('CLAWFLEET_SOURCE'),
    )
    .addOption(
      new Option(
        '--state <file>',
        'directory: file of the state (default: .clawfleet/<source>-<cloud>.db below the current directory)',
      ).env('CLAWFLEET_STATE'),
    )
    .option(
      '--kubeconfig <file>',
      'kubernetes: kubeconfig (default: KUBECONFIG, ~/.kube/config, or the pod’s account)',
    )
    .option('--context <name>', 'kubernetes: context of the kubeconfig (default: the current one)')
    .option(
      '--namespace-of-controller <name>',
      'kubernetes: where the lease and the fleet’s record are kept (default: the pod’s own, else clawfleet-system)',
    )
    .addOption(
      new Option(
        '--collections <names>',
        'mongodb: other names for bots, accounts, events, leases and ledger, as bots=openclaw_bots,…',
      ).env('CLAWFLEET_COLLECTIONS'),
    );
}

/** The built-in simulator; only without a token, or with --simulator. */
export function simulatorFlags(command: Command): Command {
  return command
    .option('--boot-time <duration>', 'simulator: from a create until the droplet is active')
    .option('--action-time <duration>', 'simulator: how long any other action takes')
    .option('--droplet-limit <count>', 'simulator: the account’s droplet limit');
}

/** Source, cloud and engine: whatever decides what would be done. */
export function fleetFlags(command: Command): Command {
  sourceFlags(command)
    .option(
      '--watch-namespaces <names>',
      'kubernetes: only the bots of these namespaces, comma-separated (default: all)',
    )
    .option('--simulator', 'use the built-in simulator even though a token is set');
  simulatorFlags(command)
    .option('--rate-limit <limit>', 'most cloud calls of a token, or off', formatRateLimit(defaultRateLimit))
    .option('--fleet-id <id>', 'id of a new fleet (default: made by chance, once)');
  return engineFlags(command);
}

function engineFlags(command: Command): Command {
  const {
    settlingWindowMs,
    absenceWindowMs,
    shutdownGraceMs,
    pollIntervalMs,
    sweepIntervalMs,
    orphanGraceMs,
  } = defaultSettings;
  return command
    .option('--control-plane-url <url>', 'https URL under which droplets reach this controller')
    .option('--no-bot-api', 'bots do not report to a control plane')
    .option('--workers <count>', 'bots worked on at the same time', String(defaultSettings.workers))
    .option(
      '--max-concurrent-creates <count>',
      'droplets in creation at the same time',
      String(defaultSettings.maxConcurrentCreates),
    )
    .option(
      '--settling-window <duration>',
      'how long a create in doubt is looked for',
      formatDuration(settlingWindowMs),
    )
    .option(
      '--absence-window <duration>',
      `least time between the two 404s that prove a droplet gone (default: ${formatDuration(absenceWindowMs)}; 3s with the built-in simulator)`,
    )
    .option(
      '--shutdown-grace <duration>',
      'time to shut down before the power is cut',
      formatDuration(shutdownGraceMs),
    )
    .option(
      '--poll-interval <duration>',
      'least time between polls of droplets on their way',
      formatDuration(pollIntervalMs),
    )
    .option(
      '--sweep-interval <duration>',
      'least time between looks at the whole fleet',
      formatDuration(sweepIntervalMs),
    )
    .option('--orphans <policy>', 'droplets of no bot: report or delete', defaultSettings.orphans)
    .option(
      '--orphan-grace <duration>',
      'age from which an orphan may be deleted',
      formatDuration(orphanGraceMs),
    );
}

export function namespaceFlag(command: Command): Command {
  return command.option(
    '-n, --namespace <name>',
    'namespace (default: default; kubernetes: that of the context)',
  );
}

/** Of commands that change a declaration which someone else may apply again. */
export function yesFlag(command: Command): Command {
  return command.option('-y, --yes', 'do not ask where someone else declares the same field');
}

/** Examples below a command's help, one `command  # what for` a line. */
export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}
