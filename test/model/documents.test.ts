import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as documents from '../../src/documents.ts';
import type * as Declared from '../../src/model/generated/documents.d.ts';

const { accountDocument, botDocument, isReady } = documents;

/** The compiler checks that what is declared for users is what there is, and the other way round. */
const declared: typeof Declared = documents;
const own: typeof documents = declared;

describe('the helper for writers of documents', () => {
  it('is what package.json exports', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { exports, files } = JSON.parse(text) as { exports: object; files: string[] };
    assert.deepEqual(exports, {
      './documents': { types: './src/model/generated/documents.d.ts', default: './dist/documents.js' },
    });
    assert.ok(files.includes('src/model/generated/documents.d.ts') && files.includes('dist'));
    assert.deepEqual(Object.keys(own).sort(), ['accountDocument', 'botDocument', 'isReady']);
  });

  it('makes documents whose _id is namespace/name', () => {
    const spec = { accountRef: { name: 'team' } };
    assert.deepEqual(botDocument('alpha', spec), { _id: 'default/alpha', spec });
    assert.deepEqual(botDocument('alpha', spec, { namespace: 'desk', labels: { a: 'b' } }), {
      _id: 'desk/alpha',
      metadata: { labels: { a: 'b' } },
      spec,
    });
    assert.deepEqual(accountDocument('team'), { _id: 'default/team', spec: {} });
  });

  it('names each field that is wrong', () => {
    const spec = { accountRef: { name: 'team' }, powerState: 'Sleeping', unknown: 1 } as never;
    assert.throws(
      () => botDocument('alpha', spec),
      (error) =>
        error instanceof TypeError && /powerState/.test(error.message) && /unknown/.test(error.message),
    );
    assert.throws(() => botDocument('Alpha', { accountRef: { name: 'team' } }), /name/);
  });

  it('knows when a bot is ready', () => {
    const condition = (status: 'True' | 'False') => ({
      ...({ type: 'Ready', status, reason: 'Running', message: '' } as const),
      ...{ lastTransitionTime: '', observedGeneration: 1 },
    });
    const { _id, spec } = botDocument('alpha', { accountRef: { name: 'team' } });
    assert.equal(isReady({ _id, spec } as documents.BotDocument), false);
    assert.equal(isReady({ status: { conditions: [condition('False')] } }), false);
    assert.equal(isReady({ status: { conditions: [condition('True')] } }), true);
  });
});
