import { statSync } from 'node:fs';

/**
 * Watches over the directory as a whole; each call tells, of a look that found `files`, why it is not to be
 * trusted. An empty directory is legal; one that became empty by becoming another file system is a volume
 * that was unmounted.
 */
export function rootGuard(root: string): (files: number) => string | undefined {
  let device: number | undefined;
  return (files) => {
    try {
      const stats = statSync(root);
      if (!stats.isDirectory()) return `${root} is not a directory`;
      if (files === 0 && device !== undefined && stats.dev !== device) {
        return `${root} is empty and on another file system than before: the volume seems to be unmounted`;
      }
      if (files > 0) device = stats.dev;
      return undefined;
    } catch (error) {
      return `${root} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}
