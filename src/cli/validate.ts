import type { Command } from 'commander';
import { exitCodes } from '../config/user-error.ts';
import { parseManifests } from '../model/parse-manifests.ts';
import { type Problem, problemText } from '../model/problem.ts';
import type { CliContext } from './cli-context.ts';
import { examples } from './flags.ts';
import { manifestFiles } from './manifest-files.ts';
import { missingAccounts, repeatedDeclarations } from './manifest-set.ts';
import { counted } from './money.ts';
import { printTo } from './output.ts';
import { paintFor } from './paint.ts';

export function defineValidate(command: Command, context: CliContext): void {
  command.argument('<path...>', 'files or directories').action((paths: string[]) => validate(paths, context));
  examples(command, ['clawfleet validate deploy/examples/bots', 'clawfleet validate alpha.yaml beta.yaml']);
}

interface Findings {
  readonly files: number;
  readonly resources: number;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

async function validate(paths: readonly string[], context: CliContext): Promise<void> {
  const findings = findProblems(paths, context.cwd);
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
  const parsed = files.map(({ name, text }) => parseManifests(text, name));
  const manifests = parsed.flatMap((one) => one.manifests);
  const problems = [
    ...found.flatMap((one) => one.problems),
    ...parsed.flatMap((one) => [...one.problems, ...one.manifests.flatMap((manifest) => manifest.problems)]),
    ...repeatedDeclarations(manifests),
  ];
  return { files: files.length, resources: manifests.length, problems, warnings: missingAccounts(manifests) };
}

function summary({ files, resources, problems, warnings }: Findings): string {
  const read = `${counted(resources, 'resource')} in ${counted(files, 'file')}`;
  const warned = warnings.length > 0 ? `, ${counted(warnings.length, 'warning')}` : '';
  return problems.length === 0
    ? `${read}: valid${warned}.`
    : `${read}: ${counted(problems.length, 'problem')}${warned}.`;
}
