import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../src/decide/decide.ts';
import {
  ago,
  allSent,
  attemptOf,
  botOf,
  concluded,
  convergedInput,
  dropletOf,
  inputOf,
  uid,
} from './input-builder.ts';

const second = dropletOf({ id: 200, createdAt: ago(60_000) });

describe('two droplets of one bot', () => {
  it('are confirmed by GET before anything is done', () => {
    const decision = decide(convergedInput({ others: [{ droplet: second, confirmed: false }] }));
    assert.deepEqual(decision.look, { kind: 'droplet', dropletID: 200 });
    assert.equal(decision.effect, undefined);
  });

  it('are resolved for the recorded one, however young', () => {
    const older = dropletOf({ id: 50, createdAt: ago(86_400_000) });
    const decision = decide(convergedInput({ others: [{ droplet: older, confirmed: true }] }));
    assert.deepEqual(decision.effect, { kind: 'destroy', dropletID: 50, why: 'it is a duplicate of 100' });
  });

  it('are resolved for the oldest when none is recorded', () => {
    const others = [second, dropletOf()].map((droplet) => ({ droplet, confirmed: true }));
    const bot = botOf({ pristine: false, status: { ownerUID: uid, handledRequests: {} } });
    assert.equal(decide(inputOf({ bot, others })).status.droplet?.id, 100);
  });

  it('are resolved for the one whose agent registered, though another is older, when none is recorded', () => {
    const others = [second, dropletOf({ createdAt: ago(600_000) })];
    const agent = {
      ...{ sha256: 'a'.repeat(64), registrationSHA256: 'b'.repeat(64), registeredAt: ago(30_000) },
      ...{ attemptID: 'second', tokenIssuedAt: ago(62_000) },
    };
    const status = { ownerUID: uid, handledRequests: {}, registration: { tokens: [], agent } };
    const confirmed = others.map((droplet) => ({ droplet, confirmed: true }));
    const decided = decide(inputOf({ bot: botOf({ pristine: false, status }), others: confirmed })).status;
    assert.deepEqual([decided.droplet?.id, decided.droplet?.attemptID], [second.id, 'second']);
    assert.equal(decided.registration?.agent?.sha256, agent.sha256);
  });

  it('stay while an operation on the bot is open', () => {
    const at = ago(1_000);
    const input = convergedInput({ others: [{ droplet: second, confirmed: true }] });
    const status = {
      ...input.bot.status,
      operation: { type: 'Stop', step: 'Shutdown', startedAt: at, stepAt: at } as const,
    };
    assert.notEqual(concluded({ ...input, bot: { ...input.bot, status } }).steps[0]?.effect?.kind, 'destroy');
  });

  it('stay while a create is in doubt', () => {
    const input = convergedInput({ others: [{ droplet: second, confirmed: true }] });
    const status = { ...input.bot.status, createAttempt: attemptOf({ knownDropletIDs: [200] }) };
    const attempt = { elapsedMs: 1, lookUps: 1, sinceLastLookMs: 0, lookedAfterWindow: false };
    assert.equal(decide({ ...input, attempt, bot: { ...input.bot, status } }).effect, undefined);
  });

  it('are destroyed one order at a time, repeated after 30 s while it lives', () => {
    const others = [{ droplet: second, confirmed: true }];
    const recent = decide(convergedInput({ others, effects: allSent(10_000) }));
    assert.equal(recent.effect, undefined);
    assert.equal(recent.watch, 200);
    assert.equal(decide(convergedInput({ others, effects: allSent(30_000) })).effect?.kind, 'destroy');
  });
});
