import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { WorldOptions } from '../../simulation/world.ts';
import { AgentBed } from './agent-bed.ts';

async function enrolled(
  test: TestContext,
  count: number,
  spec: object = {},
  options: Partial<WorldOptions> = {},
) {
  const bed = new AgentBed(test, options);
  const names = bed.bots(count, spec);
  await bed.started();
  await bed.enrol(...names);
  await bed.pass(60_000);
  return { bed, names };
}

function dies(bed: AgentBed, ...names: readonly string[]): void {
  for (const name of names) bed.beating.delete(name);
}

/** What the bot's history tells of its heartbeats. */
function history(bed: AgentBed, name: string): string[] {
  const own = bed.logs.filter((line) => line.includes(`"bot":"default/${name}"`));
  return own.flatMap((line) => /"reason":"(Heart\w+)"/.exec(line)?.[1] ?? []);
}

const stale = 'False HeartbeatStale';
const heard = 'True Heard';

describe('silence', () => {
  it('of a bot is seen within its timeout, is told, and is over with its next beat', async (test) => {
    const { bed } = await enrolled(test, 3);
    dies(bed, 'bot0');
    await bed.pass(85_000);
    assert.equal(bed.told('bot0', 'Healthy'), heard);
    await bed.pass(65_000);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
    assert.equal(bed.record('bot0').status.phase, 'Error');
    assert.equal(bed.ready('bot1'), 'True Running');
    bed.beat('bot0');
    await bed.settle();
    assert.equal(bed.told('bot0', 'Healthy'), heard);
    assert.equal(bed.record('bot0').status.phase, 'Online');
    assert.deepEqual(history(bed, 'bot0'), ['HeartbeatStale', 'HeartbeatsBack']);
    assert.deepEqual(history(bed, 'bot1'), []);
  });

  it('is told once, however often it cannot be stored', async (test) => {
    const { bed } = await enrolled(test, 3);
    dies(bed, 'bot0');
    bed.refusedWrites = 5;
    await bed.pass(300_000);
    assert.equal(bed.refusedWrites, 0);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
    assert.deepEqual(history(bed, 'bot0'), ['HeartbeatStale']);
    bed.beat('bot0');
    await bed.pass(300_000);
    assert.deepEqual(history(bed, 'bot0'), ['HeartbeatStale', 'HeartbeatsBack', 'HeartbeatStale']);
  });

  it('is judged while somebody is heard, and is not known while nobody is', async (test) => {
    const { bed, names } = await enrolled(test, 3);
    dies(bed, ...names);
    await bed.pass(300_000);
    for (const name of names) assert.equal(bed.told(name, 'Healthy'), 'Unknown NobodyHeard');
  });

  it('of one of two bots is told from an outage with the shortest timeout too', async (test) => {
    const { bed } = await enrolled(test, 2, { health: { heartbeatTimeoutSeconds: 60 } });
    dies(bed, 'bot0');
    await bed.pass(600_000);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
    assert.equal(bed.told('bot1', 'Healthy'), heard);
    assert.deepEqual(history(bed, 'bot0'), ['HeartbeatStale']);
    assert.deepEqual(history(bed, 'bot1'), []);
  });

  it('of half a minute too long replaces nobody, however short the timeout is', async (test) => {
    const health = { heartbeatTimeoutSeconds: 60, remediation: 'Replace' };
    const { bed, names } = await enrolled(test, 3, { health });
    for (const name of names) bed.beat(name);
    dies(bed, ...names);
    for (const pauseMs of [29_000, 55_000, 29_000]) {
      await bed.pass(pauseMs);
      bed.beat('bot0');
    }
    for (const name of names) {
      bed.beat(name);
      bed.beating.add(name);
    }
    await bed.pass(300_000);
    assert.deepEqual([bed.creates, bed.destroys], [3, 0]);
    for (const name of names) assert.equal(bed.told(name, 'Healthy'), heard);
  });

  it('makes nobody stale at the end of an outage before a whole timeout has passed', async (test) => {
    const { bed, names } = await enrolled(test, 3);
    dies(bed, ...names);
    await bed.pass(600_000);
    bed.beating.add('bot0');
    await bed.pass(110_000);
    assert.equal(bed.told('bot0', 'Healthy'), heard);
    assert.equal(bed.told('bot1', 'Healthy'), 'Unknown NobodyHeard');
    await bed.pass(60_000);
    assert.equal(bed.told('bot1', 'Healthy'), stale);
  });

  it('is not what a paused process missed: nobody is stale for it, and nobody is replaced', async (test) => {
    const { bed, names } = await enrolled(test, 3, { health: { remediation: 'Replace' } });
    dies(bed, ...names);
    await bed.pass(20_000);
    bed.beat('bot0');
    await bed.pass(101_000);
    bed.beat('bot0');
    await bed.pass(10_000);
    for (const name of names) assert.equal(bed.told(name, 'Healthy'), heard);
    for (const name of names) bed.beating.add(name);
    await bed.pass(300_000);
    assert.deepEqual([bed.creates, bed.destroys], [3, 0]);
    assert.deepEqual(history(bed, 'bot1'), []);
  });

  it('of a bot stays on record over a failover; nobody else is stale before a whole timeout', async (test) => {
    const { bed } = await enrolled(test, 4);
    dies(bed, 'bot0');
    await bed.pass(180_000);
    dies(bed, 'bot1');
    await bed.restarted(110_000);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
    assert.equal(bed.told('bot1', 'Healthy'), heard);
    await bed.pass(60_000);
    assert.equal(bed.told('bot1', 'Healthy'), stale);
    assert.equal(bed.told('bot2', 'Healthy'), heard);
  });

  it('is none over restart after restart, however often', async (test) => {
    const { bed, names } = await enrolled(test, 3);
    for (let restart = 0; restart < 5; restart += 1) await bed.restarted(25_000);
    for (const name of names) assert.equal(bed.told(name, 'Healthy'), heard);
  });

  it('does not count while the droplet is off, nor before a whole timeout after', async (test) => {
    const { bed } = await enrolled(test, 2);
    dies(bed, 'bot0');
    bed.bot('bot0', { powerState: 'Stopped' });
    await bed.changed(600_000);
    assert.equal(bed.told('bot0', 'Healthy'), 'Unknown NotListenedFor');
    assert.equal(bed.ready('bot0'), 'True Stopped');
    bed.bot('bot0', { powerState: 'Running' });
    await bed.changed(100_000);
    assert.equal(bed.told('bot0', 'Healthy'), 'Unknown NotHeardYet');
    bed.beating.add('bot0');
    await bed.pass(60_000);
    assert.equal(bed.told('bot0', 'Healthy'), heard);
  });

  it('does not count while the droplet reboots, whoever asked for that', async (test) => {
    const { bed } = await enrolled(test, 2, { health: { heartbeatTimeoutSeconds: 60 } });
    dies(bed, 'bot0');
    await bed.pass(25_000);
    bed.bot('bot0', { health: { heartbeatTimeoutSeconds: 60 }, rebootRequest: 'now' });
    await bed.changed(55_000);
    assert.equal(bed.told('bot0', 'Healthy'), 'Unknown NotHeardYet');
    await bed.pass(10_000);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
  });

  it('costs no write while all is well, but one an hour for the time of the last heartbeat', async (test) => {
    const { bed } = await enrolled(test, 5);
    const before = bed.writes;
    await bed.pass(1_800_000);
    assert.equal(bed.writes, before);
    await bed.pass(7_200_000);
    const written = bed.writes - before;
    assert.ok(written >= 5 && written <= 15, `${written} writes`);
  });

  it('leaves the times of the last heartbeats behind at shutdown', async (test) => {
    const { bed } = await enrolled(test, 2);
    await bed.pass(1_800_000);
    const now = bed.clock.now();
    const { source } = bed;
    const ending = bed.controller.stop();
    await bed.answer(ending.then(() => true));
    const last = Date.parse(source.bot('default/bot0')?.status.lastHeartbeatTime ?? '');
    assert.ok(now - last <= 30_000, `${now - last} ms old`);
  });
});

describe('the remediation of silence', () => {
  const replace = { health: { remediation: 'Replace' } };

  it('reboots a silent bot where that is declared, and waits a whole timeout for it', async (test) => {
    const { bed } = await enrolled(test, 3, { health: { remediation: 'Reboot' } });
    dies(bed, 'bot0');
    await bed.pass(180_000);
    assert.equal(bed.record('bot0').status.remediations?.count, 1);
    bed.beating.add('bot0');
    await bed.pass(60_000);
    assert.equal(bed.told('bot0', 'Healthy'), heard);
    const reboots = bed.simulator.journal
      .entries({ route: 'POST /v2/droplets/:id/actions' })
      .filter(({ body }) => JSON.stringify(body ?? '').includes('reboot'));
    assert.equal(reboots.length, 1);
  });

  it('replaces one bot of an account at a time', async (test) => {
    const { bed } = await enrolled(test, 40, replace);
    dies(bed, 'bot0', 'bot1', 'bot2');
    await bed.pass(200_000);
    assert.equal(bed.destroys, 1);
    await bed.pass(400_000);
    assert.equal(bed.destroys, 1);
  });

  it('replaces nobody when more than three and a tenth fall silent together, and says so', async (test) => {
    const { bed } = await enrolled(test, 20, replace);
    dies(bed, 'bot0', 'bot1', 'bot2', 'bot3');
    await bed.pass(3_600_000);
    assert.equal(bed.destroys, 0);
    assert.equal(bed.told('bot0', 'Healthy'), stale);
    assert.equal(bed.source.fleet().state.silence?.silent, 4);
    assert.ok(bed.logs.some((line) => line.includes('many bots fell silent together')));
    await bed.restarted(3_600_000);
    assert.equal(bed.destroys, 0);
    bed.beating.add('bot0').add('bot1');
    await bed.pass(60_000);
    assert.equal(bed.source.fleet().state.silence, undefined);
    await bed.pass(120_000);
    assert.equal(bed.destroys, 1);
  });

  it('tries no more than three times a day', async (test) => {
    const { bed } = await enrolled(test, 3, { health: { remediation: 'Reboot' } });
    dies(bed, 'bot0');
    await bed.pass(6 * 3_600_000);
    assert.equal(bed.record('bot0').status.remediations?.count, 3);
  });
});
