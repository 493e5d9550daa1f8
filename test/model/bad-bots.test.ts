import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifests } from '../../src/model/manifest/parse-manifests.ts';
import { problemText } from '../../src/model/problem.ts';
import { type BadBot, badBots } from './bad-bots.ts';

function manifestText({ spec }: BadBot): string {
  const lines = spec.split('\n').map((line) => `  ${line}\n`);
  return `apiVersion: clawfleet.dev/v1alpha1
kind: Bot
metadata: {name: alpha}
spec:
  accountRef: {name: main}
${lines.join('')}`;
}

function problemsOf(bad: BadBot): readonly string[] {
  const { manifests, problems } = parseManifests(manifestText(bad), 'bots.yaml');
  assert.deepEqual(problems, []);
  assert.equal(manifests.length, 1);
  const [manifest] = manifests;
  assert.ok(manifest?.kind === 'Bot' && manifest.spec === undefined);
  return manifest.problems.map(problemText);
}

describe('a bot with a bad spec', () => {
  for (const bad of badBots) {
    it(`is told of ${bad.name}`, () => {
      const expected = bad.problems.map((text) => `bots.yaml:${text.replace(' ', ': Bot default/alpha: ')}`);
      assert.deepEqual(problemsOf(bad), expected);
    });
  }

  it('never sees its secrets repeated', () => {
    for (const bad of badBots) assert.doesNotMatch(problemsOf(bad).join('\n'), /sk-secret|kkkk/, bad.name);
  });
});
