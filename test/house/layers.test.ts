import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSources, type SourceFile } from '../lab/import-graph.ts';

/** What each layer may import of the others. Adapters may not import one another. */
const layers: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  model: ['kit'],
  ports: ['kit', 'model'],
  decide: ['kit', 'model', 'ports'],
  'user-data': ['kit', 'model'],
  controller: ['kit', 'model', 'ports', 'decide'],
  'bot-api': ['kit', 'model', 'ports'],
  election: ['kit', 'ports'],
  'adapters/*': ['kit', 'model', 'ports'],
  'adapters/http': ['kit', 'model', 'ports', 'bot-api'],
  config: ['kit', 'model', 'ports', 'controller'],
  compose: [
    ...['kit', 'model', 'ports', 'decide', 'user-data', 'controller', 'bot-api', 'election', 'config'],
    'adapters/*',
  ],
  cli: ['kit', 'model', 'ports', 'decide', 'controller', 'config', 'compose'],
  'main.ts': ['cli'],
  'documents.ts': ['model'],
};

/** The only rooms that may know a package; everything else reaches it through them. */
const packages: Readonly<Record<string, readonly string[]>> = {
  '@kubernetes/client-node': ['adapters/kubernetes'],
  ajv: ['model'],
  commander: ['cli'],
  fastify: ['adapters/http'],
  mongodb: ['adapters/mongodb'],
  'p-queue': ['adapters/digitalocean'],
  'p-retry': ['adapters/digitalocean'],
  pino: ['adapters/system'],
  'prom-client': ['adapters/prometheus'],
  'string-width': ['cli'],
  typebox: ['model', 'adapters/simulator', 'compose'],
  undici: ['adapters/digitalocean', 'adapters/kubernetes'],
  yaml: ['model', 'adapters/directory', 'adapters/kubernetes', 'compose'],
};

function layerOf(file: string): string {
  const [, first = '', second = ''] = file.split('/');
  return first === 'adapters' ? `adapters/${second}` : first;
}

function wrongImports(files: readonly Pick<SourceFile, 'file' | 'imports'>[]): string[] {
  return files.flatMap(({ file, imports }) => {
    const from = layerOf(file);
    const allowed = layers[from] ?? layers[from.replace(/\/.*/, '/*')] ?? [];
    const may = (to: string) =>
      from === to || allowed.includes(to) || (to.startsWith('adapters/') && allowed.includes('adapters/*'));
    return imports.filter((to) => !may(layerOf(to))).map((to) => `${file} imports ${to}`);
  });
}

function wrongPackages(files: readonly Pick<SourceFile, 'file' | 'packages'>[]): string[] {
  return files.flatMap((source) =>
    source.packages
      .filter((name) => !packages[name]?.includes(layerOf(source.file)))
      .map((name) => `${source.file} imports ${name}`),
  );
}

const sources = readSources('src');

function filesWith(pattern: RegExp, allowed: RegExp): string[] {
  return sources
    .filter(({ file, text }) => pattern.test(text) && !allowed.test(file))
    .map(({ file }) => file);
}

describe('the layers', () => {
  it('import only what their row allows', () => {
    assert.ok(sources.some(({ imports }) => imports.length > 0));
    assert.deepEqual(wrongImports(sources), []);
  });

  for (const [from, to] of [
    ['model/identity', 'ports/clock'],
    ['decide/decide', 'controller/controller'],
    ['controller/reconcile', 'bot-api/bot-api'],
    ['bot-api/bot-api', 'decide/decide'],
    ['adapters/system/system-clock', 'election/leader-elector'],
    ['adapters/mongodb/collections', 'adapters/kubernetes/client/kube-error'],
    ['cli/program', 'adapters/system/system-clock'],
    ['new-room/file', 'model/identity'],
  ] as const) {
    it(`refuse ${from} that imports ${to}`, () => {
      const file = { file: `src/${from}.ts`, imports: [`src/${to}.ts`] };
      assert.deepEqual(wrongImports([file]), [`src/${from}.ts imports src/${to}.ts`]);
    });
  }

  it('leave each package to the rooms that were made for it', () => {
    assert.deepEqual(wrongPackages(sources), []);
    const file = 'src/controller/reconcile.ts';
    assert.deepEqual(wrongPackages([{ file, packages: ['pino'] }]), [`${file} imports pino`]);
  });

  it('ask nowhere but in a source’s own descriptor which kind of source there is', () => {
    const branch = /kind (?:===|!==) '(?:directory|kubernetes|mongodb)'/;
    // The command `mongodb init` is for that one kind.
    const own = /^src\/(?:adapters|config\/sources|compose\/sources|cli\/commands\/mongodb\.ts)/;
    assert.deepEqual(filesWith(branch, own), []);
  });

  it('leave process.exit to main', () => {
    assert.deepEqual(filesWith(/process\.exit\(/, /^src\/main\.ts$/), []);
  });

  it('leave the clock and chance to their ports', () => {
    const direct = /\bDate\.now\(|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|\bperformance\.now\(/;
    assert.deepEqual(filesWith(direct, /^src\/(adapters\/system\/|cli\/|compose\/|main\.ts)/), []);
  });
});
