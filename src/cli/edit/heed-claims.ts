import { UserError } from '../../config/user-error.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { FieldClaim, FieldEdit, SourceEditor } from '../../ports/source-reader.ts';
import type { CliContext } from '../cli-context.ts';
import { printTo } from '../text/terminal.ts';
import { askToGoOn } from './ask.ts';

interface HeedFlags {
  readonly yes?: boolean;
}

/**
 * Says, before anything is changed, who else declares what is to be changed and how to do it there. Asks on a terminal,
 * refuses without one, and goes on under --yes; false when the person would rather not.
 */
export async function heedClaims(
  editor: SourceEditor,
  keys: readonly ResourceKey[],
  edits: readonly Pick<FieldEdit, 'path'>[],
  { yes }: HeedFlags,
  context: CliContext,
): Promise<boolean> {
  const lines = await claimLines(editor, keys, edits);
  if (lines.length === 0) return true;
  const text = lines.join('\n');
  if (!yes && !context.stdin.isTTY)
    throw new UserError(text, 'Do that, or add --yes to go on here all the same.');
  await printTo(context.stderr, text);
  return yes || askToGoOn(context);
}

/** Who else declares what `edits` change, a line each. */
export async function claimLines(
  editor: SourceEditor,
  keys: readonly ResourceKey[],
  edits: readonly Pick<FieldEdit, 'path'>[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const key of keys) lines.push(...(await editor.claims(key, edits)).map((claim) => lineOf(key, claim)));
  return lines;
}

function lineOf(key: ResourceKey, { field, owner, consequence, instead }: FieldClaim): string {
  return `${key}: ${field} is declared by ${owner}: ${consequence}. Better ${instead}.`;
}
