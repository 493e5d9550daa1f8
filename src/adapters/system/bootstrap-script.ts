import { readFileSync } from 'node:fs';

/** The script that prepares a new droplet; the build puts it beside this file's compiled form. */
export const bootstrapScript: string = readFileSync(new URL('./bootstrap.sh', import.meta.url), 'utf8');
