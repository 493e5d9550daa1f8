import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { AESSecretBox } from '../../../src/adapters/system/aes-secret-box.ts';
import { systemChance } from '../../../src/adapters/system/system-chance.ts';
import type { ServedConfig } from '../../../src/bot-api/bot-api.ts';
import { llmKeyField } from '../../../src/model/config-content.ts';
import type { ResourceKey } from '../../../src/model/resource-key.ts';
import { AgentBed } from './agent-bed.ts';

const key = 'sk-very-secret';
const llm = (name = 'llm') => ({
  llm: { provider: 'acme', apiKey: { secretRef: { name, key: 'api-key' } } },
});

function secret(bed: AgentBed, value = key): void {
  const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'llm' } };
  bed.declare('secret.yaml', JSON.stringify({ ...manifest, stringData: { 'api-key': value } }));
}

async function enrolled(test: TestContext, spec: object = {}) {
  const bed = new AgentBed(test);
  secret(bed);
  bed.bot('heron', spec);
  await bed.started();
  await bed.enrol('heron');
  return bed;
}

async function served(bed: AgentBed, name = 'heron'): Promise<ServedConfig> {
  const answer = await bed.config(name);
  if (answer.kind !== 'config') throw new Error(JSON.stringify(answer));
  return answer;
}

describe('the config that a bot is served', () => {
  it('has its id, every default, and the secrets in clear', async (test) => {
    const bed = await enrolled(test, { persona: 'quant_lite', ...llm() });
    const { body } = await served(bed);
    assert.equal(body.id, bed.record('heron').status.desiredConfig?.id);
    assert.equal(body.version, 1);
    assert.equal(body.trading.signals.liquidityFilterStrictness, 'medium');
    assert.deepEqual(body.secrets, { llm: { provider: 'acme', apiKey: key } });
    assert.equal(body.controlPlaneURL, 'https://fleet.example.com');
  });

  it('leaves no trace of a secret in what is stored, logged or told', async (test) => {
    const bed = await enrolled(test, llm());
    assert.ok(!JSON.stringify(bed.record('heron')).includes(key));
    assert.ok(!bed.logs.join('\n').includes(key));
    assert.ok(!JSON.stringify(bed.source.fleet()).includes(key));
  });

  it('has the same id after a restart, and the restart writes nothing', async (test) => {
    const bed = await enrolled(test, llm());
    await bed.pass(60_000);
    const before = await served(bed);
    const writes = bed.writes;
    await bed.restarted(600_000);
    assert.deepEqual(await served(bed), before);
    assert.equal(bed.writes, writes);
  });

  it('changes with what is declared, and no droplet is touched', async (test) => {
    const bed = await enrolled(test);
    const mutations = bed.mutations();
    bed.bot('heron', { trading: { algorithm: 'breakout' } });
    await bed.changed(1_000);
    const { body } = await served(bed);
    assert.equal(body.version, 2);
    assert.equal(body.trading.algorithm, 'breakout');
    assert.equal(bed.ready('heron'), 'False ConfigPending');
    assert.equal((await bed.acknowledge('heron', body.id)).kind, 'acknowledged');
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.mutations(), mutations);
  });

  it('names the bot as people do, and keeps its id where nothing is declared of that', async (test) => {
    const bed = await enrolled(test);
    const plain = await served(bed);
    assert.equal(plain.body.name, 'heron');
    bed.bot('heron', { displayName: ' Heron the Grey! ' });
    await bed.changed(1_000);
    const { body } = await served(bed);
    assert.deepEqual([body.name, body.version], ['Heron the Grey_', 2]);
    bed.bot('heron');
    await bed.changed(1_000);
    const again = await served(bed);
    assert.equal(again.body.name, 'heron');
    assert.equal(again.body.id.replace(/^3-/, ''), plain.body.id.replace(/^1-/, ''));
  });

  it('stays the same when only a default is written out', async (test) => {
    const bed = await enrolled(test);
    bed.bot('heron', { trading: { algorithm: 'trend' }, persona: 'beginner' });
    await bed.changed();
    assert.equal((await served(bed)).body.version, 1);
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('changes with the secret, by the secret’s watch alone', async (test) => {
    const bed = await enrolled(test, llm());
    secret(bed, 'sk-another');
    await bed.changed(1_000);
    const { body } = await served(bed);
    assert.equal(body.version, 2);
    assert.equal(body.secrets.llm?.apiKey, 'sk-another');
  });

  it('is none while the secret is missing; that is told, and clears by itself', async (test) => {
    const bed = await enrolled(test);
    bed.undeclare('secret.yaml');
    await bed.changed();
    bed.bot('heron', llm());
    await bed.changed(1_000);
    assert.equal(bed.told('heron', 'ConfigApplied'), 'False SecretMissing');
    assert.equal(bed.told('heron', 'Stalled'), 'True SecretMissing');
    assert.deepEqual(await bed.config('heron'), { kind: 'refused', reason: 'noConfig' });
    secret(bed);
    await bed.changed(1_000);
    assert.equal((await served(bed)).body.version, 2);
  });

  it('must be acknowledged again when an old content comes back', async (test) => {
    const bed = await enrolled(test);
    const first = bed.record('heron').status.desiredConfig?.id ?? '';
    bed.bot('heron', { persona: 'tweaker' });
    await bed.changed(1_000);
    const second = bed.record('heron').status.desiredConfig?.id ?? '';
    bed.bot('heron');
    await bed.changed(1_000);
    const third = bed.record('heron').status.desiredConfig?.id ?? '';
    assert.equal(third.replace(/^3-/, ''), first.replace(/^1-/, ''));
    const stale = { kind: 'refused', reason: 'staleConfig', desiredConfigID: third };
    assert.deepEqual(await bed.acknowledge('heron', first), stale);
    assert.deepEqual(await bed.acknowledge('heron', second), stale);
    assert.deepEqual(await bed.acknowledge('heron', '2-never'), { kind: 'refused', reason: 'unknownConfig' });
    assert.equal((await bed.acknowledge('heron', third)).kind, 'acknowledged');
  });

  it('tells nobody of another fleet, by its id, what a bot of the same declaration goes by', async (test) => {
    const [one, other] = [await enrolled(test), new AgentBed(test, { seed: 2 })];
    other.bot('heron');
    await other.started();
    const [a, b] = [one, other].map((bed) => bed.record('heron').status.desiredConfig?.id);
    assert.notEqual(a, b);
  });
});

describe('an encrypted key', () => {
  const [oldKey, newKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const sealed = (bed: AgentBed, box: AESSecretBox, account = 'default/acme') => {
    const { fleetID } = bed.source.fleet().state;
    const place = { fleetID, account: account as ResourceKey, field: llmKeyField };
    return { llm: { provider: 'acme', apiKey: { encrypted: box.seal(key, place, systemChance) } } };
  };

  it('is served in clear, and stays the same config under another encryption key', async (test) => {
    const secretBox = new AESSecretBox([newKey, oldKey]);
    const bed = new AgentBed(test, { secretBox });
    bed.bot('heron');
    await bed.started();
    await bed.enrol('heron');
    bed.bot('heron', sealed(bed, new AESSecretBox([oldKey])));
    await bed.changed(1_000);
    const before = await served(bed);
    assert.equal(before.body.secrets.llm?.apiKey, key);
    bed.bot('heron', sealed(bed, secretBox));
    await bed.changed(1_000);
    assert.deepEqual(await served(bed), before);
  });

  it('opens for its own account alone, and with its own key', async (test) => {
    const bed = new AgentBed(test, { secretBox: new AESSecretBox([newKey]) });
    bed.bot('heron');
    await bed.started();
    bed.bot('heron', sealed(bed, new AESSecretBox([newKey]), 'default/other'));
    await bed.changed(1_000);
    assert.equal(bed.told('heron', 'ConfigApplied'), 'False SealedElsewhere');
    bed.bot('heron', sealed(bed, new AESSecretBox([oldKey])));
    await bed.changed(1_000);
    assert.equal(bed.told('heron', 'ConfigApplied'), 'False WrongEncryptionKey');
  });

  it('is told where the controller has no key', async (test) => {
    const bed = await enrolled(test);
    bed.bot('heron', sealed(bed, new AESSecretBox([newKey])));
    await bed.changed(1_000);
    assert.equal(bed.told('heron', 'Stalled'), 'True NoEncryptionKey');
  });
});

describe('a long poll', () => {
  it('is answered within a second of a change, with nothing served before it is stored', async (test) => {
    const bed = await enrolled(test);
    const { etag } = await served(bed);
    const answers: Awaited<ReturnType<typeof bed.poll>>[] = [];
    void bed.poll('heron', etag, 30_000).then((answer) => answers.push(answer));
    await bed.pass(5_000);
    assert.equal(answers.length, 0);
    bed.bot('heron', { persona: 'tweaker' });
    await bed.changed(1_000);
    const [answer] = answers;
    const body = answer?.kind === 'config' ? answer.body : undefined;
    assert.equal(body?.persona, 'tweaker');
    assert.equal(body?.id, bed.record('heron').status.desiredConfig?.id);
  });

  it('ends unchanged after its time, and at once when its caller is gone', async (test) => {
    const bed = await enrolled(test);
    const { etag } = await served(bed);
    const unchanged = { kind: 'notModified', etag };
    assert.deepEqual(await bed.answer(bed.poll('heron', etag, 30_000)), unchanged);
    const gone = new AbortController();
    const waiting = bed.poll('heron', etag, 30_000, gone.signal);
    await bed.settle();
    assert.equal(bed.api.longPolls, 1);
    gone.abort();
    assert.deepEqual(await waiting, unchanged);
    assert.equal(bed.api.longPolls, 0);
  });

  it('shows nothing to an agent whose token died meanwhile', async (test) => {
    const bed = await enrolled(test);
    const { etag } = await served(bed);
    const waiting = bed.poll('heron', etag, 30_000);
    bed.bot('heron', { redeployRequest: 'now' });
    bed.beating.clear();
    await bed.rescan();
    assert.deepEqual(await bed.answer(waiting), { kind: 'refused', reason: 'unauthorised' });
  });

  it('ends when this process leads no more, as every call does', async (test) => {
    const bed = await enrolled(test);
    const { etag } = await served(bed);
    const waiting = bed.poll('heron', etag, 30_000);
    await bed.settle();
    bed.leaseMs = 0;
    bed.api.close();
    assert.deepEqual(await waiting, { kind: 'refused', reason: 'notLeading' });
    assert.deepEqual(bed.beat('heron'), { kind: 'refused', reason: 'notLeading' });
    assert.deepEqual(await bed.acknowledge('heron', '1-x'), { kind: 'refused', reason: 'notLeading' });
    assert.equal(bed.api.health().ok, false);
  });
});
