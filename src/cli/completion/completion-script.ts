import type { CommandWords, FlagWords } from './completion-words.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** Completes words by the tree, and names by asking `clawfleet get bots -A -o name` itself. */
export function completionScript(shell: Shell, words: readonly CommandWords[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(words);
    case 'zsh':
      // zsh runs bash's completion functions as they are.
      return `#compdef clawfleet\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`;
    case 'fish':
      return fishScript(words);
  }
}

const listBots = 'clawfleet get bots -o name 2>/dev/null | sed s,^bot/,,';

function bashScript(words: readonly CommandWords[]): string {
  const top = words.filter(({ path }) => !path.includes(' ')).map(({ path }) => path);
  return `# bash completion of clawfleet
_clawfleet() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} words='' bots='' files='' flags='' valued=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${[...top, 'help'].join(' ')} --help' -- "$current"))
    return
  fi
${bashSubcommands(words)}  case "$command" in
${words.map(bashCase).join('\n')}
    help) words='${top.join(' ')}' ;;
  esac
${bashChoices(words)}  case " $valued " in
    *" $previous "*) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")); return ;;
  esac
  [ -n "$bots" ] && { [ -z "$words" ] || [ "$COMP_CWORD" -gt 2 ]; } && words=$(${listBots})
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -o bashdefault -F _clawfleet clawfleet`;
}

/** A command with subcommands is looked up under both words from the third on. */
function bashSubcommands(words: readonly CommandWords[]): string {
  return words
    .filter(({ subcommands }) => subcommands.length > 0)
    .map(
      ({ path }) =>
        `  [ "$command" = ${path} ] && [ "$COMP_CWORD" -gt 2 ] && command="${path} \${COMP_WORDS[2]}"\n`,
    )
    .join('');
}

function bashCase({ path, flags, subcommands, choices, bots, files }: CommandWords): string {
  const names = flags.flatMap(({ long, short }) => (short ? [short, long] : [long]));
  const valued = flags
    .filter(({ takesValue }) => takesValue)
    .flatMap(({ long, short }) => (short ? [short, long] : [long]));
  const parts = [
    `flags='${[...names, '--help'].join(' ')}'`,
    `valued='${valued.join(' ')}'`,
    `words='${[...choices, ...subcommands].join(' ')}'`,
    ...(bots ? ['bots=1'] : []),
    ...(files ? ['files=1'] : []),
  ];
  return `    '${path}') ${parts.join('; ')} ;;`;
}

function bashChoices(words: readonly CommandWords[]): string {
  const cases = words.flatMap(({ path, flags }) =>
    flags
      .filter(({ choices }) => choices.length > 0)
      .map(({ long, short, choices }) => {
        const patterns = [long, ...(short ? [short] : [])].map((flag) => `'${path} ${flag}'`).join('|');
        return `    ${patterns}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;\n`;
      }),
  );
  return cases.length === 0 ? '' : `  case "$command $previous" in\n${cases.join('')}  esac\n`;
}

function fishScript(words: readonly CommandWords[]): string {
  return ['# fish completion of clawfleet', 'complete -c clawfleet -f', ...words.flatMap(fishCommand)].join(
    '\n',
  );
}

function fishCommand(words: CommandWords): string[] {
  const { path, summary, choices, bots, files } = words;
  const [name = '', child] = path.split(' ');
  const inside = child
    ? `__fish_seen_subcommand_from ${name}; and __fish_seen_subcommand_from ${child}`
    : `__fish_seen_subcommand_from ${name}`;
  const before = child ? `__fish_seen_subcommand_from ${name}` : '__fish_use_subcommand';
  const line = (rest: string) => `complete -c clawfleet -n '${inside}' ${rest}`;
  return [
    `complete -c clawfleet -n '${before}' -a ${child ?? name} -d ${quoted(summary)}`,
    ...words.flags.map((flag) => line(fishFlag(flag))),
    ...(choices.length > 0 ? [line(`-a '${choices.join(' ')}'`)] : []),
    ...(bots ? [line(`-a '(${listBots})'`)] : []),
    ...(files ? [line('-F')] : []),
  ];
}

function fishFlag({ long, short, description, takesValue, choices }: FlagWords): string {
  return [
    `-l ${long.replace(/^--/, '')}`,
    ...(short ? [`-s ${short.replace(/^-/, '')}`] : []),
    ...(choices.length > 0 ? [`-x -a '${choices.join(' ')}'`] : takesValue ? ['-r'] : []),
    `-d ${quoted(description)}`,
  ].join(' ');
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
