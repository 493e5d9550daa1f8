import type { Argument, Command, Option } from 'commander';

export interface FlagWords {
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** What can stand after a command's name. */
export interface CommandWords {
  /** `get`, or `fleet show`. */
  readonly path: string;
  readonly summary: string;
  readonly flags: readonly FlagWords[];
  readonly subcommands: readonly string[];
  /** Of the first argument. */
  readonly choices: readonly string[];
  /** Whether names of bots can stand there. */
  readonly bots: boolean;
  /** Whether files can. */
  readonly files: boolean;
}

/** The words of a whole command tree. */
export function completionWords(program: Command): CommandWords[] {
  return program.commands.flatMap((command) => [
    wordsOf(command, command.name()),
    ...command.commands.map((child) => wordsOf(child, `${command.name()} ${child.name()}`)),
  ]);
}

function wordsOf(command: Command, path: string): CommandWords {
  const args = command.registeredArguments;
  return {
    path,
    summary: command.summary() || command.description(),
    flags: command.options.filter(({ hidden }) => !hidden).map(flagWords),
    subcommands: command.commands.map((child) => child.name()),
    choices: args[0]?.argChoices ?? (takesKind(args) ? kindsOf(path) : []),
    bots: args.some((argument) => argument.name() === 'name'),
    files: args.some((argument) => argument.name() === 'path'),
  };
}

function flagWords(option: Option): FlagWords {
  return {
    long: option.long ?? '',
    short: option.short,
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function takesKind(args: readonly Argument[]): boolean {
  return args[0]?.name() === 'kind';
}

function kindsOf(path: string): string[] {
  if (path === 'get') return ['bots', 'accounts'];
  return path === 'wait' ? ['bot'] : ['bot', 'account'];
}
