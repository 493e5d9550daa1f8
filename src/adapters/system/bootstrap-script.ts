import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('./bootstrap.sh', import.meta.url), 'utf8');

/**
 * The script that prepares a new droplet; the build puts it beside this file's compiled form. Its comments stay behind,
 * but for shellcheck's: user-data has 64 KiB, and what a bot declares needs the room.
 */
export const bootstrapScript: string = source.replaceAll(/^[ \t]*#(?!!| shellcheck).*\n/gm, '');
