import type { Command } from 'commander';
import { openEditor } from '../../compose/open-source.ts';
import { type SealingBox, sealingBox } from '../../compose/secret-box.ts';
import { requireEncryptionKeys } from '../../config/encryption-keys.ts';
import { readSourceConfig } from '../../config/source-config.ts';
import type { SourceFlags } from '../../config/sources/source-kind.ts';
import { exitCodes, UserError } from '../../config/user-error.ts';
import { llmKeyField } from '../../model/config-content.ts';
import type { BotRecord } from '../../model/records.ts';
import { type ResourceKey, resourceKey } from '../../model/resource-key.ts';
import { PortError } from '../../ports/port-error.ts';
import type { CliContext } from '../cli-context.ts';
import { heedClaims } from '../edit/heed-claims.ts';
import { examples, sourceFlags, yesFlag } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { counted } from '../text/money.ts';
import { printTo } from '../text/terminal.ts';

interface RotateFlags extends SourceFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const sealedPath = ['spec', 'llm', 'apiKey', 'encrypted'];

/** A value that the first key did not encrypt. */
interface Old {
  readonly key: ResourceKey;
  readonly account: ResourceKey;
  readonly sealed: string;
}

export function defineRotateKey(command: Command, context: CliContext): void {
  command
    .option('--dry-run', 'only show what would be encrypted again')
    .action((flags: RotateFlags) => rotate(flags, context));
  sourceFlags(yesFlag(command));
  examples(command, [
    'clawfleet rotate-key --dry-run',
    'CLAWFLEET_ENCRYPTION_KEY="$NEW $OLD" clawfleet rotate-key   # the controller has both too; afterwards the old one can go',
  ]);
}

async function rotate(flags: RotateFlags, context: CliContext): Promise<void> {
  const box = sealingBox(requireEncryptionKeys(context.env, context.cwd));
  const source = readSourceConfig(flags, context);
  const reader = await openLook(source, context);
  try {
    const fleetID = reader.fleet()?.fleetID;
    const old = reader.bots().flatMap((bot) => oldValue(bot, box));
    if (fleetID === undefined && old.length > 0)
      throw new UserError('This source has no fleet yet.', 'Start `clawfleet run` once.');
    const editor = await openEditor(source);
    const keys = old.map(({ key }) => key);
    const isHeeded = flags.dryRun || (await heedClaims(editor, keys, [{ path: sealedPath }], flags, context));
    if (!isHeeded) return;
    let failures = 0;
    for (const value of old) {
      const sealed = resealed(box, value, fleetID ?? '', context);
      if (sealed === undefined) failures += 1;
      else if (!flags.dryRun) await editor.edit(value.key, [{ path: sealedPath, value: sealed }]);
    }
    await printTo(context.stdout, summary(old.length - failures, box.keyID, flags));
    if (failures > 0) context.finish(exitCodes.failed);
  } finally {
    reader.close();
  }
}

function oldValue({ key, namespace, spec }: BotRecord, box: SealingBox): Old[] {
  const sealed = spec?.llm?.apiKey.encrypted;
  if (!spec || sealed === undefined || box.isCurrent(sealed)) return [];
  return [{ key, account: resourceKey(namespace, spec.accountRef.name), sealed }];
}

/** Undefined, with a warning, when no key at hand opens it. */
function resealed(box: SealingBox, value: Old, fleetID: string, context: CliContext): string | undefined {
  const place = { fleetID, account: value.account, field: llmKeyField };
  try {
    return box.seal(box.open(value.sealed, place), place);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    context.stderr.write(`Warning: ${value.key}: ${error.message}.\n`);
    return undefined;
  }
}

function summary(count: number, keyID: string, { dryRun }: RotateFlags): string {
  const verb = dryRun ? 'would be encrypted' : count === 1 ? 'is encrypted' : 'are encrypted';
  return `${counted(count, 'value')} ${verb} again with key ${keyID}. Bots notice nothing: what is encrypted stays the same.`;
}
