import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { type BotState, botStates, type Health } from './support/bot-states.ts';
import { luaValue, newerThanLua51, runLua } from './support/lua.ts';
import { at, listAt, type Manifest, manifestsIn, only } from './support/manifest.ts';
import { printed } from './support/program.ts';
import { release, root } from './support/render.ts';
import { tool, withoutTools } from './support/tool.ts';

const examples = join(root, 'deploy/examples');
const textOf = (name: string) => readFileSync(join(examples, name), 'utf8');

function manifestsOf(folder: string, except = ''): readonly Manifest[] {
  const files = readdirSync(join(examples, folder)).filter((name) => name !== except);
  return files.flatMap((name) => manifestsIn(textOf(join(folder, name))));
}

describe('the example for Flux', () => {
  const manifests = manifestsOf('flux');
  const bots = manifests.find(({ kind, metadata }) => kind === 'Kustomization' && metadata.name === 'bots');
  const [check] = listAt(bots, 'spec', 'healthCheckExprs');

  it('applies bots from git, waits for them, and takes no droplet when it is taken out itself', () => {
    assert.equal(at(bots, 'spec', 'wait'), true);
    assert.equal(at(bots, 'spec', 'prune'), true);
    assert.equal(at(bots, 'spec', 'deletionPolicy'), 'Orphan');
    assert.deepEqual(at(bots, 'spec', 'dependsOn'), [{ name: 'clawfleet' }]);
  });

  it('refers to a source that it has', () => {
    const source = only(manifests, 'GitRepository').metadata.name;
    for (const one of manifests.filter(({ kind }) => kind === 'Kustomization'))
      assert.deepEqual(at(one, 'spec', 'sourceRef'), { kind: 'GitRepository', name: source });
  });

  for (const state of botStates) {
    it(`sees a bot that is ${state.name} as ${state.health}`, () => {
      assert.equal(healthByFlux(check, state), state.health);
    });
  }

  it('gives the chart values that it takes', withoutTools, async () => {
    const values = stringify(at(only(manifests, 'HelmRelease'), 'spec', 'values'));
    const args = ['template', ...release, '--values', '-'];
    const out = manifestsIn(await printed(tool('helm'), args, { stdin: values }));
    assert.equal(only(out, 'ServiceMonitor').metadata.name, 'clawfleet');
  });
});

/** The order in which Flux asks; a field that is missing makes it ask again later. */
function healthByFlux(check: unknown, state: BotState): Health {
  const answers = [
    ['inProgress', 'Progressing'],
    ['failed', 'Degraded'],
    ['current', 'Healthy'],
  ] as const;
  for (const [expression, health] of answers) {
    if (holds(String(at(check, expression)), state)) return health;
  }
  return 'Progressing';
}

/** The little of CEL that the expressions use, in the words of JavaScript. */
function holds(cel: string, { metadata, status }: BotState): boolean {
  const script = cel
    .replaceAll(/\.exists\((\w+),/g, '.some($1 =>')
    .replaceAll('!=', '!==')
    .replaceAll('==', '===');
  try {
    return new Function('metadata', 'status', `return ${script.replaceAll('!===', '!==')}`)(metadata, status);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

describe('the example for Argo CD', () => {
  const manifests = manifestsOf('argocd', 'health.yaml');

  it('applies bots from git, and deletes none when the application itself is deleted', () => {
    const bots = manifests.find(({ metadata }) => metadata.name === 'bots');
    assert.equal(at(bots, 'spec', 'syncPolicy', 'automated', 'prune'), true);
    assert.equal(at(bots, 'spec', 'syncPolicy', 'automated', 'allowEmpty'), undefined);
    assert.equal(at(bots, 'metadata', 'finalizers'), undefined);
  });

  it('judges health in what the Lua 5.1 of Argo CD has as well', () => {
    assert.notEqual(argoScript, '');
    assert.deepEqual(newerThanLua51(argoScript), []);
    assert.deepEqual(newerThanLua51('goto a -- //\nlocal b = 1 // 2 ~= "&"'), ['goto', '//']);
  });

  for (const state of botStates) {
    it(`sees a bot that is ${state.name} as ${state.health}`, () => {
      assert.equal(healthByArgo(state), state.health);
    });
  }
});

const [, argoScript = ''] =
  /health\.clawfleet\.dev_Bot: \|\n([\s\S]*)/.exec(textOf('argocd/health.yaml')) ?? [];

function healthByArgo({ metadata, status }: BotState): string {
  const obj = luaValue({ metadata, status });
  return runLua(`obj = ${obj}\nlocal function health()\n${argoScript}\nend\nreturn health().status`);
}
