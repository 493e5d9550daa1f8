import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BotSpec } from '../../src/model/bot-spec.ts';

const apiVersion = 'clawfleet.dev/v1alpha1';
const account = 'fleet';

/** Room for any number of bots. */
export function writeAccount(directory: string): void {
  const manifest = { apiVersion, kind: 'Account', metadata: { name: account }, spec: { maxBots: 100_000 } };
  writeFileSync(join(directory, 'account.yaml'), stringify(manifest));
}

/** Bots `bot-00000` and so on, each in a file of its own. */
export function writeBots(directory: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, number) => `bot-${String(number).padStart(5, '0')}`);
  for (const name of names) writeFileSync(fileOf(directory, name), botManifest(name, {}));
  return names;
}

/** Replaces a bot's file as editors do: a new one takes its place. */
export function replaceBot(directory: string, name: string, spec: Partial<BotSpec>): void {
  const draft = join(directory, `.${name}.draft`);
  writeFileSync(draft, botManifest(name, spec));
  renameSync(draft, fileOf(directory, name));
}

export function fileOf(directory: string, name: string): string {
  return join(directory, `${name}.yaml`);
}

function botManifest(name: string, spec: Partial<BotSpec>): string {
  return stringify({
    apiVersion,
    kind: 'Bot',
    metadata: { name },
    spec: { accountRef: { name: account }, ...spec },
  });
}
