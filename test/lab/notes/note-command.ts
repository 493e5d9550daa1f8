import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteSecret, noteShown } from './notes.ts';

interface Command {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Notes what a command was given and wrote. */
export function noteCommand(
  { args, env }: Command,
  outcome: { readonly stdout: string; readonly stderr: string },
): void {
  const line = args.join(' ');
  for (const [name, value] of Object.entries(env))
    if (/(TOKEN|KEY)$/.test(name)) for (const part of value.split(/[\s,]+/)) noteSecret(name, part);
  // Who asks for a new registration token is told it.
  if (args[0] !== 'token') noteShown(`stdout of ${line}`, outcome.stdout);
  noteShown(`stderr of ${line}`, outcome.stderr);
}

/** The tokens of a droplet's user-data and of its agent; the rest of the user-data counts as shown. */
export function noteDroplet(userData: string, agentToken: string | undefined): void {
  const registrationToken = /^export REGISTRATION_TOKEN='([^']+)'$/m.exec(userData)?.[1] ?? '';
  noteSecret('a registration token', registrationToken);
  noteSecret('an agent’s token', agentToken ?? '');
  const rest = registrationToken === '' ? userData : userData.replaceAll(registrationToken, '');
  noteShown('user-data', rest);
}

/** Notes what a controller in that directory stored in its state, and the built-in simulator beside it. */
export function noteState(cwd: string): void {
  const folder = join(cwd, '.clawfleet');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (/\.db(-wal)?$/.test(name)) noteShown(`the state ${file}`, readFileSync(file, 'latin1'));
    if (name.endsWith('.simulator.jsonl')) noteSimulator(readFileSync(file, 'utf8'));
  }
}

/** Its file holds user-data and disks as they are. */
function noteSimulator(text: string): void {
  for (const [, token = ''] of text.matchAll(/export REGISTRATION_TOKEN='([^']+)'/g))
    noteSecret('a registration token', token);
  for (const [, token = ''] of text.matchAll(/"disk":\{"token":"([^"]+)"/g))
    noteSecret('an agent’s token', token);
}
