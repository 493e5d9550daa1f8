import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';

const apiVersion = 'clawfleet.dev/v1alpha1';
const account = 'fleet';

/** Room for any number of bots. */
export const accountManifest = {
  apiVersion,
  kind: 'Account',
  metadata: { name: account },
  spec: { maxBots: 100_000 },
};

export function writeAccount(directory: string): void {
  writeFileSync(join(directory, 'account.yaml'), stringify(accountManifest));
}

/** Bots `bot-00000` and so on, each in a file of its own. */
export function writeBots(directory: string, count: number): void {
  for (const name of botNames(0, count)) writeBot(directory, name);
}

export function writeBot(directory: string, name: string): void {
  writeFileSync(fileOf(directory, name), botText(name, {}));
}

/** `count` names from `bot-00000` on, or from a later one. */
export function botNames(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `bot-${String(from + number).padStart(5, '0')}`);
}

/** Replaces a bot's file as editors do: a new one takes its place. */
export function replaceBot(directory: string, name: string, spec: Partial<BotSpec>): void {
  const draft = join(directory, `.${name}.draft`);
  writeFileSync(draft, botText(name, spec));
  renameSync(draft, fileOf(directory, name));
}

export function fileOf(directory: string, name: string): string {
  return join(directory, `${name}.yaml`);
}

function botText(name: string, spec: Partial<BotSpec>): string {
  return stringify(botManifest(name, spec));
}

export function botManifest(name: string, spec: Partial<BotSpec>) {
  return { apiVersion, kind: 'Bot', metadata: { name }, spec: { accountRef: { name: account }, ...spec } };
}
