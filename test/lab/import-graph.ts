import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface SourceFile {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
  /** Files of the repository that it imports, types included, by path from the root. */
  readonly imports: readonly string[];
  /** npm packages that it imports, by name. */
  readonly packages: readonly string[];
}

const root = join(import.meta.dirname, '../..');
/** Import and export statements, and imports within an expression or a type. */
const specifier =
  /^(?:import|\}|export)[^;'=()]*?\bfrom '([^']+)';$|^import '([^']+)';$|\bimport\(\s*'([^']+)'\s*\)/gm;

/** Every TypeScript file below the given folders of the repository. */
export function readSources(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('fixtures/'))
      .map((file) => readSource(join(folder, file))),
  );
}

function readSource(file: string): SourceFile {
  const text = readFileSync(join(root, file), 'utf8');
  const named = [...text.matchAll(specifier)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const relative = named.filter((name) => name.startsWith('.'));
  const packages = named.filter((name) => !name.startsWith('.') && !name.startsWith('node:'));
  return {
    file,
    text,
    imports: relative.map((name) => normalize(join(dirname(file), name))),
    packages: packages.map(packageOf),
  };
}

/** `@kubernetes/client-node/dist/x.js` belongs to `@kubernetes/client-node`. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}
