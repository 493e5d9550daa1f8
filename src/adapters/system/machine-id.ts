import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MachineOptions {
  /** Where the machine's files are. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** machine-id(5) of Linux; hostid(1) of FreeBSD. */
const idFiles = ['etc/machine-id', 'var/lib/dbus/machine-id', 'etc/hostid'];
/** Made by Docker and by Podman in every container. */
const containerMarks = ['.dockerenv', 'run/.containerenv'];
/** systemd keeps an id here that it could not write below /etc, and that ends with this boot. */
const transientID = 'run/machine-id';

/**
 * 16 hex digits that stay the same on this machine and differ on any other; undefined where nothing is known to do both.
 * A container has no such id, even where it has the file: the image's is shared by all containers made from it, and one
 * made at the start lasts no longer than that. The machine's own id is confidential (machine-id(5)): only a keyed hash of
 * it leaves this function.
 */
export function machineID(
  { root, env }: MachineOptions = { root: '/', env: process.env },
): string | undefined {
  if (isContainer(root, env) || existsSync(join(root, transientID))) return undefined;
  const id = idFiles.map((file) => idIn(join(root, file))).find((found) => found !== undefined);
  return id && createHmac('sha256', id).update('clawfleet directory state').digest('hex').slice(0, 16);
}

function isContainer(root: string, env: MachineOptions['env']): boolean {
  // Kubernetes sets the one in every pod; Podman, LXC and systemd-nspawn set the other.
  if (env['KUBERNETES_SERVICE_HOST'] || env['container']) return true;
  if (containerMarks.some((mark) => existsSync(join(root, mark)))) return true;
  return /docker|containerd|kubepods|libpod|lxc/.test(textOf(join(root, 'proc/1/cgroup')) ?? '');
}

/** Undefined when it is absent, empty or `uninitialized`. */
function idIn(file: string): string | undefined {
  const digits = (textOf(file) ?? '').trim().toLowerCase().replaceAll('-', '');
  return /^(?!0{32})[0-9a-f]{32}$/.test(digits) ? digits : undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No id is as good an answer as any: the fleet is bound to its places alone.
    return undefined;
  }
}
