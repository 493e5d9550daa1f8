import type { Command } from 'commander';
import { manifestFiles, parseManifestFile } from '../../compose/manifest-files.ts';
import { openReader } from '../../compose/open-source.ts';
import { readSourceConfig, sourceLocation } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { exitCodes, UserError } from '../../config/user-error.ts';
import { type Problem, problemText } from '../../model/problem.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, sourceFlags } from '../flags.ts';
import { botsWithoutAccount, missingAccounts, repeatedDeclarations } from '../select/manifest-set.ts';
import { within } from '../select/scope.ts';
import { counted } from '../text/money.ts';
import { paintFor, printTo } from '../text/terminal.ts';

export function defineValidate(command: Command, context: CliContext): void {
  command
    .argument('[path...]', 'files or directories (default: what the source declares)')
    .action((paths: string[], flags: SourceFlags) => validate(paths, flags, context));
  sourceFlags(command);
  examples(command, [
    'clawfleet validate deploy/examples/bots',
    'clawfleet validate alpha.yaml beta.yaml',
    'clawfleet validate --source kubernetes',
  ]);
}

interface Findings {
  /** What was read, such as `3 resources in 2 files`. */
  readonly read: string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

async function validate(paths: readonly string[], flags: SourceFlags, context: CliContext): Promise<void> {
  const findings = paths.length > 0 ? findProblems(paths, context.cwd) : await problemsStored(flags, context);
  const paint = paintFor(context.stdout);
  const { problems, warnings } = findings;
  await printTo(
    context.stdout,
    [
      ...problems.map((problem) => `${paint('red', 'error')}: ${problemText(problem)}`),
      ...warnings.map((problem) => `${paint('yellow', 'warning')}: ${problemText(problem)}`),
      summary(findings),
    ].join('\n'),
  );
  context.finish(problems.length > 0 ? exitCodes.failed : exitCodes.ok);
}

function findProblems(paths: readonly string[], cwd: string): Findings {
  const found = paths.map((path) => manifestFiles(path, cwd));
  const files = [...new Map(found.flatMap((one) => one.files).map((file) => [file.name, file])).values()];
  const parsed = files.map(parseManifestFile);
  const manifests = parsed.flatMap((one) => one.manifests);
  const problems = [
    ...found.flatMap((one) => one.problems),
    ...parsed.flatMap((one) => [...one.problems, ...one.manifests.flatMap((manifest) => manifest.problems)]),
    ...repeatedDeclarations(manifests),
  ];
  const read = `${counted(manifests.length, 'resource')} in ${counted(files.length, 'file')}`;
  const warnings = [...parsed.flatMap((one) => one.warnings), ...missingAccounts(manifests)];
  return { read, problems, warnings };
}

/** What the source holds: files change, and an API server may have been less strict once. */
async function problemsStored(flags: SourceFlags, context: CliContext): Promise<Findings> {
  const config = within(readSourceConfig(flags, context), undefined);
  const reader = await openReader(config);
  try {
    const [bots, accounts] = [reader.bots(), reader.accounts()];
    const { failure, problems, warnings = [] } = reader.health();
    if (failure !== undefined) throw new UserError(`${failure}.`, 'Check --source.');
    return {
      read: `${counted(bots.length + accounts.length, 'resource')} in ${sourceLocation(config).source}`,
      problems: [...problems, ...[...bots, ...accounts].flatMap((record) => record.problems)],
      warnings: [...warnings, ...botsWithoutAccount(bots, accounts)],
    };
  } finally {
    reader.close();
  }
}

function summary({ read, problems, warnings }: Findings): string {
  const warned = warnings.length > 0 ? `, ${counted(warnings.length, 'warning')}` : '';
  return problems.length === 0
    ? `${read}: valid${warned}.`
    : `${read}: ${counted(problems.length, 'problem')}${warned}.`;
}
