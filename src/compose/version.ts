import { readFileSync } from 'node:fs';

/** The version in package.json, two folders up from here in the sources and in the build alike. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** The program, and the Node.js that runs it. */
export function versionText(): string {
  return `clawfleet ${version} (Node.js ${process.versions.node})`;
}
