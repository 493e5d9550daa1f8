import { Command } from 'commander';
import { versionText } from '../compose/version.ts';
import { type CliContext, prepare } from './cli-context.ts';
import { commands } from './command-list.ts';

const exitCodeHelp = `
Exit codes:
  0   done
  1   failed, or what was asked about is not so
  2   plan: there is something to do
  64  wrong usage
  130, 143  ended by SIGINT, SIGTERM

Environment:
  DIGITALOCEAN_ACCESS_TOKEN      token, as doctl reads it; without it the built-in simulator is used
  DIGITALOCEAN_API_URL           base URL of the API, as doctl reads it
  CLAWFLEET_SOURCE               default of --source
  CLAWFLEET_STATE                default of --state
  MONGODB_URI                    connection string for --source mongodb
  MONGODB_URI_FILE               file that holds it
  CLAWFLEET_ENCRYPTION_KEY       keys for \`encrypted\` values, 32 bytes in base64 each; the first one encrypts
  CLAWFLEET_ENCRYPTION_KEY_FILE  file of further keys
  CLAWFLEET_DEBUG                any value: errors with their stack
  NO_COLOR                       any value: no colours

Examples:
  $ clawfleet run --source deploy/examples/bots
  $ clawfleet get bots -o wide
  $ clawfleet help run`;

/**
 * The command tree. Only the commands named in `argv` are loaded whole, or all of them with `whole`: the
 * others have their name and summary.
 */
export async function buildProgram(
  argv: readonly string[],
  context: CliContext,
  whole = false,
): Promise<Command> {
  const program = new Command('clawfleet')
    .description('Bots declared, droplets kept: a fleet controller for DigitalOcean.')
    .usage('COMMAND [ARGUMENTS] [FLAGS]')
    .version(versionText(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .addHelpText('after', exitCodeHelp);
  prepare(program, context);
  const named = new Set(argv);
  const wholeProgram = () => buildProgram([], context, true);
  for (const { name, summary, group, load } of commands) {
    const command = program.command(name).description(capitalised(summary)).summary(summary).helpGroup(group);
    prepare(command, context);
    if (whole || named.has(name)) (await load())(command, context, wholeProgram);
  }
  return program;
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
