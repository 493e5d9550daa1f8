import type { Command } from 'commander';
import { serveSimulation, simulationHelp } from '../../compose/serve-simulation.ts';
import { readSimulatorOptions, type SimulateFlags } from '../../compose/simulator-options.ts';
import { parseListen } from '../../config/listen-address.ts';
import { UserError, usageError } from '../../config/user-error.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, simulatorFlags } from '../flags.ts';
import { printTo } from '../text/terminal.ts';

export function defineSimulate(command: Command, context: CliContext): void {
  simulatorFlags(command)
    .option('--listen <address>', 'HOST:PORT to serve at; port 0 is any free one', '127.0.0.1:8484')
    .option('--rate-limit <limit>', 'most calls of a token, or off (default: DigitalOcean’s)')
    .option('--state <file>', 'file that keeps the cloud over restarts (default: memory only)')
    .option('--journal <file>', 'file that gets a line of JSON for each request')
    .option('--faults <file>', 'faults to order: a list of rules, in YAML or JSON')
    .option('--set <name=value...>', 'any other setting, such as lateTags=0.1')
    .option('--seed <count>', 'seed of every probability, so that a run repeats')
    .action((flags: SimulateFlags & { readonly listen: string }) => simulate(flags, context));
  examples(command, [
    'clawfleet simulate',
    'clawfleet simulate --boot-time 30s --rate-limit 250/min',
    'clawfleet simulate --set shutdownIgnored=0.2 deleteIgnored=0.1 --seed 7',
  ]).addHelpText('after', `\nWhile it runs:\n\n${simulationHelp}`);
}

async function simulate(
  flags: SimulateFlags & { readonly listen: string },
  context: CliContext,
): Promise<void> {
  const address = parseListen(flags.listen);
  if (!address) throw usageError('A simulator must listen somewhere.', 'Give --listen HOST:PORT.');
  const options = readSimulatorOptions(flags, context.cwd);
  const simulation = await serveSimulation(options, address).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`Cannot serve at ${flags.listen}: ${why}.`, 'Give another --listen HOST:PORT.');
  });
  await printTo(context.stdout, hints(simulation.url));
  await new Promise<void>((resolve) => context.onInterrupt(() => resolve()));
  await simulation.stop();
}

function hints(url: string): string {
  return [
    `Simulated DigitalOcean at ${url}; any token will do. Ctrl-C ends it.`,
    '',
    `  curl:       curl -H 'Authorization: Bearer x' ${url}/v2/droplets`,
    `  doctl:      doctl compute droplet list --access-token x --api-url ${url}`,
    '  clawfleet:  ' +
      `DIGITALOCEAN_ACCESS_TOKEN=x DIGITALOCEAN_API_URL=${url} clawfleet run --source DIRECTORY`,
    `  journal:    curl ${url}/_simulator/journal`,
    `  trouble:    curl ${url}/_simulator/help    what can be ordered: lies, faults, people's deeds`,
  ].join('\n');
}
