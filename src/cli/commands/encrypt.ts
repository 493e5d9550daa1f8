import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { openReader } from '../../compose/open-source.ts';
import { sealingBox } from '../../compose/secret-box.ts';
import { requireEncryptionKeys } from '../../config/encryption-keys.ts';
import { parseFleetID } from '../../config/run-config.ts';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { UserError, usageError } from '../../config/user-error.ts';
import { llmKeyField } from '../../model/config-content.ts';
import { resourceKey } from '../../model/resource-key.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, namespaceFlag, sourceFlags } from '../flags.ts';
import { namespaceFor, within } from '../select/scope.ts';
import { printTo } from '../text/terminal.ts';

interface EncryptFlags extends SourceFlags {
  readonly account: string;
  readonly namespace?: string;
  readonly fleetId?: string;
}

export function defineEncrypt(command: Command, context: CliContext): void {
  command
    .requiredOption('--account <name>', 'account of the bots that may use the value')
    .option('--fleet-id <id>', 'fleet that may use it (default: that of the source)')
    .action((flags: EncryptFlags) => encrypt(flags, context));
  sourceFlags(namespaceFlag(command));
  examples(command, [
    'clawfleet encrypt --account acme                # asks for the key; prints what spec.llm.apiKey.encrypted takes',
    'clawfleet encrypt --account acme < key.txt',
    'export CLAWFLEET_ENCRYPTION_KEY=$(openssl rand -base64 32)   # once, beforehand; the controller needs it too',
  ]);
}

async function encrypt(flags: EncryptFlags, context: CliContext): Promise<void> {
  const box = sealingBox(requireEncryptionKeys(context.env, context.cwd));
  const source = readSourceConfig(flags, context);
  const namespace = await namespaceFor(flags, source);
  const fleetID =
    flags.fleetId === undefined ? await fleetIDOf(source) : parseFleetID(flags.fleetId, '--fleet-id');
  const secret = await readSecret('API key (it does not show): ', context);
  const place = { fleetID, account: resourceKey(namespace, flags.account), field: llmKeyField };
  await printTo(context.stdout, box.seal(secret, place));
}

async function fleetIDOf(source: ReturnType<typeof readSourceConfig>): Promise<string> {
  const reader = await openReader(within(source, []));
  try {
    const fleet = reader.fleet();
    if (fleet) return fleet.fleetID;
  } finally {
    reader.close();
  }
  throw new UserError(
    'This source has no fleet yet, and a value is encrypted for one fleet alone.',
    'Start `clawfleet run` once, or say --fleet-id here and there.',
  );
}

/** A secret from stdin: never from the arguments, which all users of a machine can see. One trailing newline is stripped. */
async function readSecret(prompt: string, { stdin, stderr }: CliContext): Promise<string> {
  const value = stdin.isTTY ? await typed(prompt, stdin, stderr) : (await text(stdin)).replace(/\r?\n$/, '');
  if (value !== '') return value;
  throw usageError(
    'There is nothing on stdin to encrypt.',
    'For example: clawfleet encrypt --account acme < key.txt',
  );
}

/** Nothing that is typed shows. */
async function typed(prompt: string, stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(prompt);
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    stderr.write('\n');
  }
}
