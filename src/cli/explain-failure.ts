import { CommanderError } from 'commander';
import { nextAfterSourceFailure } from '../compose/open-source.ts';
import { exitCodes, UserError } from '../config/user-error.ts';
import { type Fault, faultOf, PortError } from '../ports/port-error.ts';

/** An error as it is printed: what is wrong, what to do next, and what to exit with. */
export interface Failure {
  readonly message: string;
  readonly next: string | undefined;
  readonly exitCode: number;
}

/** How any error that reaches `main` is printed. Undefined when help was shown, which is not a failure. */
export function explainFailure(error: unknown): Failure | undefined {
  if (error instanceof CommanderError) return explainUsage(error);
  if (error instanceof UserError)
    return { message: error.message, next: error.next, exitCode: error.exitCode };
  if (error instanceof PortError) {
    return {
      message: error.message,
      next: nextAfterSourceFailure(error) ?? nextAfter(error),
      exitCode: exitCodes.failed,
    };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const next = 'This is a defect. Run it again with CLAWFLEET_DEBUG=1 for the details.';
  return { message: `Unexpected ${message}`, next, exitCode: exitCodes.failed };
}

function explainUsage(error: CommanderError): Failure | undefined {
  if (error.exitCode === 0) return undefined;
  // `clawfleet` alone shows the help: there is nothing to add.
  if (error.code === 'commander.help') return { message: '', next: undefined, exitCode: exitCodes.usage };
  const text = error.message.replace(/^error: /, '');
  const [what = '', suggestion] = text.split('\n');
  const next = suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'Add --help to see what there is.';
  return { message: sentence(what), next, exitCode: exitCodes.usage };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`;
}

function nextAfter(error: PortError): string | undefined {
  const fault = faultOf(error);
  switch (fault?.kind) {
    case 'unauthorised':
      return nextForToken(fault);
    case 'rateLimited':
      return `Try again after ${new Date(fault.until).toISOString()}.`;
    case 'conflict':
      return 'Someone else changed it meanwhile: try again.';
    case 'full':
      return 'Make room on the disk, then try again.';
    case 'unavailable':
    case 'doubtful':
      return 'Check the connection, then try again.';
    default:
      return undefined;
  }
}

const tokensPage = 'https://cloud.digitalocean.com/account/api/tokens';

function nextForToken({ forbidden, missingScope }: Fault & { kind: 'unauthorised' }): string {
  if (missingScope !== undefined) return `Make a token with the scope ${missingScope} at ${tokensPage}.`;
  if (forbidden === undefined) return `Check DIGITALOCEAN_ACCESS_TOKEN: ${tokensPage}.`;
  return `The token is known but may not do this: check its scopes (${tokensPage}), and whether the account is locked.`;
}
