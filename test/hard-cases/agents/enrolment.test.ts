import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { AgentBed, tokenLifeMs } from './agent-bed.ts';

const refused = (reason: string) => ({ kind: 'refused', reason });

async function booted(test: TestContext, ...names: string[]) {
  const bed = new AgentBed(test);
  for (const name of names) bed.bot(name);
  await bed.started();
  return bed;
}

describe('enrolment', () => {
  it('brings a bot from declared to Online: registered, configured, heard', async (test) => {
    const bed = await booted(test, 'heron');
    assert.equal(bed.record('heron').status.phase, 'Provisioning');
    assert.equal(bed.ready('heron'), 'False NotRegistered');
    await bed.enrol('heron');
    assert.equal(bed.ready('heron'), 'True Running');
    assert.equal(bed.record('heron').status.phase, 'Online');
  });

  it('stores nothing but hashes, and binds the agent before it answers', async (test) => {
    const bed = await booted(test, 'heron');
    const answer = bed.api.register({
      botID: bed.record('heron').uid,
      bearer: bed.registrationToken('heron'),
      agentToken: bed.agentToken('heron'),
    });
    void answer.then(() => assert.ok(bed.record('heron').status.registration?.agent));
    assert.equal((await bed.answer(answer)).kind, 'registered');
    const text = JSON.stringify(bed.record('heron'));
    assert.ok(!text.includes(bed.registrationToken('heron')) && !text.includes(bed.agentToken('heron')));
  });

  it('answers the same pair alike after a lost answer, after a crash, and at any time', async (test) => {
    const bed = await booted(test, 'heron');
    const first = await bed.register('heron');
    await bed.restarted(2 * tokenLifeMs);
    const writes = bed.writes;
    assert.deepEqual(await bed.register('heron'), first);
    assert.equal(bed.writes, writes);
  });

  it('refuses another agent under a used token, with a warning', async (test) => {
    const bed = await booted(test, 'heron');
    await bed.register('heron');
    const thief = await bed.register('heron', { agentToken: 't'.repeat(64) });
    assert.deepEqual(thief, refused('unauthorised'));
    assert.ok(bed.logs.some((line) => line.includes('RegistrationRefused')));
    assert.equal((await bed.register('heron')).kind, 'registered');
  });

  it('outlives a redeploy whose DELETE is refused, and ends with the order that is taken', async (test) => {
    const bed = await booted(test, 'heron');
    await bed.enrol('heron');
    const agent = () => bed.record('heron').status.registration?.agent;
    const first = agent() ?? assert.fail();
    const refusal = { effect: 'status', status: 403, message: 'missing scope droplet:delete' } as const;
    bed.simulator.faults.order({ ...refusal, match: { method: 'DELETE' } });
    bed.bot('heron', { redeployRequest: 'one' });
    await bed.changed(180_000);
    assert.ok(bed.calls('DELETE /v2/droplets/:id') > 0);
    assert.deepEqual(agent(), first);
    bed.simulator.faults.withdraw();
    await bed.pass(180_000);
    assert.equal(bed.creates, 2);
    assert.equal(agent(), undefined);
  });

  it('makes a token for an agent that sends none, once', async (test) => {
    const bed = await booted(test, 'heron');
    const made = await bed.register('heron', { agentToken: undefined });
    assert.equal(made.kind, 'registered');
    const token = made.kind === 'registered' ? made.agentToken : undefined;
    assert.match(token ?? '', /^[\w-]{43}$/);
    bed.useToken('heron', token ?? '');
    assert.equal(bed.beat('heron').kind, 'beat');
    assert.deepEqual(await bed.register('heron', { agentToken: undefined }), refused('unauthorised'));
  });

  it('tells an unknown bot and a wrong token nothing apart', async (test) => {
    const bed = await booted(test, 'heron', 'egret');
    await bed.register('heron');
    await bed.register('egret');
    const { api } = bed;
    const bearer = bed.agentToken('egret');
    for (const call of [
      { botID: 'nobody', bearer },
      { botID: bed.record('heron').uid, bearer },
      { botID: bed.record('heron').uid, bearer: undefined },
      { botID: bed.record('heron').uid, bearer: bed.registrationToken('heron') },
    ]) {
      assert.deepEqual(api.heartbeat(call), refused('unauthorised'));
      assert.deepEqual(await api.acknowledge({ ...call, configID: '1-x' }), refused('unauthorised'));
      const config = { ...call, ifNoneMatch: undefined, waitMs: 0 };
      assert.deepEqual(await api.config(config), refused('unauthorised'));
    }
    const stolen = { bearer: bed.registrationToken('egret') };
    assert.deepEqual(await bed.register('heron', stolen), refused('unauthorised'));
  });

  it('expires: the life counts from the active droplet, and stands still while it is off', async (test) => {
    const bed = await booted(test, 'heron');
    await bed.pass(tokenLifeMs / 2);
    bed.bot('heron', { powerState: 'Stopped' });
    await bed.changed(5 * tokenLifeMs);
    assert.equal(bed.record('heron').status.droplet?.status, 'off');
    bed.bot('heron', { powerState: 'Running' });
    await bed.changed(tokenLifeMs / 4);
    assert.equal(bed.told('heron', 'AgentRegistered'), 'False NotRegistered');
    await bed.pass(tokenLifeMs / 2);
    assert.equal(bed.told('heron', 'AgentRegistered'), 'False RegistrationExpired');
    assert.equal(bed.told('heron', 'Stalled'), 'True RegistrationExpired');
    assert.deepEqual(await bed.register('heron'), refused('unauthorised'));
  });

  it('is over for the old droplet the moment a replacement is decided', async (test) => {
    const bed = await booted(test, 'heron');
    await bed.enrol('heron');
    const old = { registration: bed.registrationToken('heron'), agent: bed.agentToken('heron') };
    bed.bot('heron', { redeployRequest: 'now' });
    await bed.rescan();
    assert.equal(bed.destroys, 1);
    assert.equal(bed.record('heron').status.registration, undefined);
    assert.deepEqual(bed.beat('heron'), refused('unauthorised'));
    bed.beating.clear();
    await bed.pass(60_000);
    assert.notEqual(bed.registrationToken('heron'), old.registration);
    assert.deepEqual(
      await bed.register('heron', { bearer: old.registration, agentToken: old.agent }),
      refused('unauthorised'),
    );
    bed.useToken('heron', 'n'.repeat(64));
    await bed.enrol('heron');
    assert.equal(bed.ready('heron'), 'True Running');
  });

  it('is renewed by a token that is declared, and the old agent token is dead with it', async (test) => {
    const bed = await booted(test, 'heron');
    await bed.enrol('heron');
    const token = 'r'.repeat(43);
    bed.bot('heron', { registrationTokenSHA256: createHash('sha256').update(token).digest('hex') });
    await bed.changed(1_000);
    assert.equal(bed.beat('heron').kind, 'beat');
    const agentToken = 'm'.repeat(64);
    assert.equal((await bed.register('heron', { bearer: token, agentToken })).kind, 'registered');
    assert.deepEqual(bed.beat('heron'), refused('unauthorised'));
    bed.useToken('heron', agentToken);
    assert.equal(bed.beat('heron').kind, 'beat');
  });

  it('lets the agent of an adopted droplet speak by its old id and token', async (test) => {
    const bed = new AgentBed(test);
    await bed.started();
    const { fleetID } = bed.source.fleet().state;
    const id = bed.create('old-1', [`clawfleet-adopt-${fleetID}`]);
    await bed.pass(60_000);
    const bearer = 'o'.repeat(40);
    const tokenSHA256 = createHash('sha256').update(bearer).digest('hex');
    bed.bot('heron', { adopt: { dropletID: id, botID: 'old-7', tokenSHA256 } });
    await bed.changed();
    assert.equal(bed.told('heron', 'AgentRegistered'), 'True Adopted');
    assert.equal(bed.api.heartbeat({ botID: 'old-7', bearer }).kind, 'beat');
    assert.equal(bed.api.heartbeat({ botID: bed.record('heron').uid, bearer }).kind, 'beat');
    assert.deepEqual(bed.api.heartbeat({ botID: 'old-8', bearer }), refused('unauthorised'));
  });
});
