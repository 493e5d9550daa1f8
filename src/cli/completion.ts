import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { completionScript, type Shell } from './completion-script.ts';
import { completionWords } from './completion-words.ts';
import { examples } from './flags.ts';
import { printTo } from './output.ts';
import { buildProgram } from './program.ts';

export function defineCompletion(command: Command, context: CliContext): void {
  command
    .addArgument(command.createArgument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell) => completion(shell, context));
  examples(command, [
    'source <(clawfleet completion bash)',
    'clawfleet completion zsh > ~/.zfunc/_clawfleet',
    'clawfleet completion fish > ~/.config/fish/completions/clawfleet.fish',
  ]);
}

async function completion(shell: Shell, context: CliContext): Promise<void> {
  const program = await buildProgram([], context, true);
  await printTo(context.stdout, completionScript(shell, completionWords(program)));
}
