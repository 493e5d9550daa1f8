import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Lays the program out in `root` as an installation has it: launcher, build and packages, without the sources.
 * Returns the launcher's path. Throws when the sources do not compile.
 */
export function installCopy(root: string): string {
  mkdirSync(join(root, 'scripts'), { recursive: true });
  const tsc = join(checkout, 'node_modules/typescript/lib/tsc.js');
  const args = [tsc, '-p', join(checkout, 'src/tsconfig.json'), '--outDir', join(root, 'dist')];
  const built = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  const script = 'adapters/system/bootstrap.sh';
  copyFileSync(join(checkout, 'src', script), join(root, 'dist', script));
  copyFileSync(join(checkout, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
  const launcher = join(root, 'scripts/clawfleet');
  copyFileSync(join(checkout, 'scripts/clawfleet'), launcher);
  return launcher;
}
