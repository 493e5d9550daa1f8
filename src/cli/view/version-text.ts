import { version } from '../../compose/version.ts';

/** What runs: the program, and the Node.js that runs it. */
export function versionText(): string {
  return `clawfleet ${version} (Node.js ${process.versions.node})`;
}
