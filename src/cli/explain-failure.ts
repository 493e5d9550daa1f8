import { CommanderError } from 'commander';
import { isClusterFailure, isDatabaseFailure } from '../compose/source-failures.ts';
import { exitCodes, UserError } from '../config/user-error.ts';
import { type Fault, faultOf, PortError } from '../ports/port-error.ts';

/** An error as it is told: what is the matter, what to do next, and what to exit with. */
export interface Failure {
  readonly message: string;
  readonly next: string | undefined;
  readonly exitCode: number;
}

/** How any error that reaches `main` is told. Undefined when help was shown, which is no failure. */
export function explainFailure(error: unknown): Failure | undefined {
  if (error instanceof CommanderError) return explainUsage(error);
  if (error instanceof UserError)
    return { message: error.message, next: error.next, exitCode: error.exitCode };
  if (isClusterFailure(error) || isOfCluster(error)) {
    return { message: error.message, next: nextInCluster(error), exitCode: exitCodes.failed };
  }
  if (isDatabaseFailure(error))
    return { message: error.message, next: nextInDatabase(error), exitCode: exitCodes.failed };
  if (error instanceof PortError) {
    return { message: error.message, next: nextAfter(error), exitCode: exitCodes.failed };
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

const clusterReasons: Readonly<Record<string, string>> = {
  DefinitionsMissing:
    'Install them: `clawfleet crds | kubectl apply -f -`, or `kubectl apply -f crds/` in the project.',
  KubeconfigMissing:
    'Give --kubeconfig FILE or set KUBECONFIG; `kubectl config view` shows what kubectl goes by.',
  KubeconfigInvalid:
    'Mend it, or give another by --kubeconfig and --context; `kubectl config get-contexts` lists them.',
};

/** What the connection to a cluster comes to before anything is sent, or what the cluster lacks. */
function isOfCluster(error: unknown): error is PortError {
  const fault = faultOf(error, 'refused');
  return fault?.kind === 'refused' && Object.hasOwn(clusterReasons, fault.reason);
}

function nextInCluster(error: PortError): string | undefined {
  const { fault } = error;
  switch (fault.kind) {
    case 'unauthorised':
      return 'Log in anew as kubectl does: `kubectl auth whoami` must answer for the same --context.';
    case 'refused':
      return fault.httpStatus === 403
        ? 'Ask for the right: deploy/kubernetes/rbac-users.yaml has roles for people, rbac-bots.yaml those of the controller.'
        : clusterReasons[fault.reason];
    case 'unavailable':
    case 'doubtful':
      return 'Is the cluster up, and is it the right one? `kubectl cluster-info` asks it; --context names another.';
    case 'absent':
      return 'Is it another cluster or namespace? --context, -n and --namespace-of-controller say which.';
    case 'full':
      return 'The cluster’s store takes no more: its administrator must make room.';
    default:
      return nextAfter(error);
  }
}

function nextInDatabase(error: PortError): string | undefined {
  switch (error.fault.kind) {
    case 'unauthorised':
      return 'Check user, password and authSource of the connection string; the role must be readWrite on the database.';
    case 'refused':
      return 'A connection string is mongodb://USER:PASSWORD@HOST/DATABASE; special characters in a password are percent-encoded.';
    case 'unavailable':
    case 'doubtful':
      return 'Is the server up, and is it the right one? `mongosh` with the same connection string asks it.';
    case 'full':
      return 'The database takes no more: its administrator must make room.';
    default:
      return nextAfter(error);
  }
}
