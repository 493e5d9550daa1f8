import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import { completionScript, type Shell } from '../completion/completion-script.ts';
import { completionWords } from '../completion/completion-words.ts';
import { examples } from '../flags.ts';
import { printTo } from '../text/terminal.ts';

export function defineCompletion(
  command: Command,
  context: CliContext,
  wholeProgram: () => Promise<Command>,
): void {
  command
    .addArgument(command.createArgument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell) => {
      await printTo(context.stdout, completionScript(shell, completionWords(await wholeProgram())));
    });
  examples(command, [
    'source <(clawfleet completion bash)',
    'clawfleet completion zsh > ~/.zfunc/_clawfleet',
    'clawfleet completion fish > ~/.config/fish/completions/clawfleet.fish',
  ]);
}
