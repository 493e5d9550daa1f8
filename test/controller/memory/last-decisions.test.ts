import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LastDecisions, withoutSecrets } from '../../../src/controller/memory/last-decisions.ts';
import { decide } from '../../../src/decide/decide.ts';
import { arbitraryInput } from '../../decide/arbitrary-input.ts';
import { agentHash, botOf, inputOf, tokenHash } from '../../decide/input-builder.ts';

const seed = 20_260_301;

test('a stored input, its secrets taken out, decides the same when it is replayed', () => {
  let redacted = 0;
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const shown = withoutSecrets({ input, decision: decide(input) });
      const text = JSON.stringify(shown);
      redacted += Number(text.includes('(secret 1)'));
      assert.equal(
        JSON.stringify(decide(JSON.parse(JSON.stringify(shown.input)))),
        JSON.stringify(shown.decision),
      );
      for (const secret of [agentHash, tokenHash]) assert.equal(text.includes(secret), false);
    }),
    { numRuns: 1_500, seed },
  );
  assert.ok(redacted > 100, `${redacted} inputs held a secret`);
});

test('encrypted keys and hashes of tokens are taken out wherever they stand', () => {
  const hash = 'a'.repeat(64);
  const shown = withoutSecrets({
    spec: { llm: { apiKey: { encrypted: 'v1.sealed.secret.text' } }, registrationTokenSHA256: hash },
    status: {
      handledRequests: { registrationToken: hash },
      registration: { agent: { sha256: 'b'.repeat(64) } },
    },
    persona: 'beginner',
  });
  assert.deepEqual(shown, {
    spec: { llm: { apiKey: { encrypted: '(secret 1)' } }, registrationTokenSHA256: '(secret 2)' },
    status: {
      handledRequests: { registrationToken: '(secret 2)' },
      registration: { agent: { sha256: '(secret 3)' } },
    },
    persona: 'beginner',
  });
});

function waiting(index: number) {
  const input = inputOf({ bot: { ...botOf(), key: `default/bot-${index}` } });
  return { input, decision: decide(input) };
}

test('the inputs of a thousand bots are kept, the latest, and none of a bot at rest', () => {
  const book = new LastDecisions();
  const first = waiting(0);
  assert.notEqual(first.decision.effect ?? first.decision.look, undefined);
  for (let index = 0; index <= 1_000; index += 1) {
    const { input, decision } = waiting(index);
    book.note(input, decision);
  }
  assert.equal(book.size, 1_000);
  assert.deepEqual(book.last(first.input.bot), { bot: 'default/bot-0', kept: false, why: 'NotKept' });
  const { input, decision } = waiting(7);
  const last = book.last(input.bot);
  assert.ok(last.kept);
  assert.equal(JSON.stringify(last.decision), JSON.stringify(decision));
  const ready = { type: 'Ready', status: 'True', reason: 'Running', message: '' } as const;
  const conditions = [{ ...ready, lastTransitionTime: '2026-03-01T12:00:00.000Z', observedGeneration: 1 }];
  const { effect: _, ...idle } = decision;
  book.note(input, { ...idle, status: { conditions } });
  assert.equal(book.size, 999);
  book.note(waiting(8).input, { ...decision, effect: { kind: 'release' } });
  assert.equal(book.size, 998);
  assert.deepEqual(book.last({ ...input.bot, status: { conditions } }), {
    bot: input.bot.key,
    kept: false,
    why: 'AtRest',
  });
});
