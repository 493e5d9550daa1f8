import type { Command } from 'commander';
import { openEditor } from '../../compose/open-source.ts';
import { newRegistrationToken } from '../../compose/secret-box.ts';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { tokenHash } from '../../kit/token.ts';
import type { BotRecord } from '../../model/records.ts';
import type { CliContext } from '../cli-context.ts';
import { heedClaims } from '../edit/heed-claims.ts';
import { examples, namespaceFlag, sourceFlags, yesFlag } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { findRecord, parseKey } from '../select/resource-args.ts';
import { namespaceFor, namespacesOf, within } from '../select/scope.ts';
import { printTo } from '../text/terminal.ts';

interface TokenFlags extends SourceFlags {
  readonly namespace?: string;
  readonly yes?: boolean;
}

/** Where the bootstrap script puts what speaks for the bot. */
const agent = '/usr/local/lib/openclaw/agent';

export function defineToken(command: Command, context: CliContext): void {
  command
    .argument('<name>', 'bot')
    .action((name: string, flags: TokenFlags) => issueToken(name, flags, context));
  sourceFlags(namespaceFlag(yesFlag(command)));
  examples(command, ['clawfleet token alpha']);
}

/** Declares the token's hash alone: the controller takes it up as it does every edit. */
async function issueToken(name: string, flags: TokenFlags, context: CliContext): Promise<void> {
  const source = readSourceConfig(flags, context);
  const key = parseKey(name, await namespaceFor(flags, source));
  const reader = await openLook(within(source, namespacesOf([key])), context);
  try {
    const bot = findRecord('bot', key, reader.bots());
    const token = newRegistrationToken();
    const value = tokenHash(token);
    const editor = await openEditor(source);
    const edits = [{ path: ['spec', 'registrationTokenSHA256'], value }];
    if (!(await heedClaims(editor, [bot.key], edits, flags, context))) return;
    const { where, toDo } = await editor.edit(bot.key, edits);
    await printTo(context.stdout, textOf(bot, token, where));
    if (toDo !== undefined) await printTo(context.stdout, toDo);
  } finally {
    reader.close();
  }
}

function textOf({ key, status: { droplet } }: BotRecord, token: string, where: string): string {
  const place = droplet
    ? `droplet ${droplet.id}${droplet.publicIPv4 ? ` (${droplet.publicIPv4})` : ''}`
    : 'its droplet';
  return [
    `${key}: a registration token was made; ${where} holds its SHA-256. It is shown this once and good for one agent.`,
    `On ${place}, as root:`,
    '',
    `  printf '%s\\n' ${token} | runuser -u openclaw -- ${agent} enrol`,
    '',
    'The agent then registers within a minute, and its former token is dead.',
  ].join('\n');
}
