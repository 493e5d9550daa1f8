import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { completionScript, type Shell } from '../completion/completion-script.ts';
import { completionWords } from '../completion/completion-words.ts';
import { examples } from '../flags.ts';
import { buildProgram } from '../program.ts';
import { printTo } from '../text/output.ts';

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
