import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type BadManifest, badManifests, yamlOf } from '../support/bad-manifests.ts';
import type { Cluster } from '../support/cluster.ts';

/** One answer of kubectl for each manifest: all are sent in one go, and it goes on after a refusal. */
function answersIn(stderr: string): readonly string[] {
  return stderr.split(/^(?=Error from server|The )/m);
}

function answerTo(answers: readonly string[], name: string): string {
  const own = new RegExp(`[/"]${name}[";]`);
  const found = answers.filter((answer) => own.test(answer));
  assert.equal(found.length, 1, `one answer about ${name} in:\n${answers.join('')}`);
  return found.join('');
}

export function refusesBadManifests(cluster: () => Cluster): void {
  describe(`a server that is sent ${badManifests.length} bad manifests`, () => {
    let answers: readonly string[] = [];
    let accepted = '';

    before(async () => {
      const yaml = badManifests.map(yamlOf).join('---\n');
      const args = ['apply', '--server-side', '--dry-run=server', '-f', '-'];
      const { stdout, stderr } = await cluster().tried(args, yaml);
      answers = answersIn(stderr);
      accepted = stdout;
    });

    it('accepts none', () => assert.equal(accepted, ''));

    for (const [index, bad] of badManifests.entries()) {
      it(`says what is wrong with ${bad.name}`, () => {
        const answer = answerTo(answers, bad.objectName ?? `bad-${index}`);
        assert.ok(isTold(bad, answer), `${JSON.stringify(bad.told.map(String))}: ${answer}`);
      });
    }
  });
}

function isTold({ told }: BadManifest, answer: string): boolean {
  return told.some(({ field, rule }) => answer.includes(field) && rule.test(answer));
}
