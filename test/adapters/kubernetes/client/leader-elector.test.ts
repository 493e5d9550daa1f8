import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { microTime } from '../../../../src/adapters/kubernetes/client/kube-object.ts';
import { KubeLeaseStore } from '../../../../src/adapters/kubernetes/client/lease/kube-lease-store.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { VirtualClock } from '../../../../src/adapters/system/virtual-clock.ts';
import { LeaderElector } from '../../../../src/election/leader-elector.ts';
import { silentLog } from '../../../../src/ports/log.ts';
import { LeaseServer, type LinkState } from '../support/lease-server.ts';
import { turns } from '../support/turns.ts';

/** A clock whose wall time can be stepped. */
class SteppedClock extends VirtualClock {
  step = 0;
  override now(): number {
    return super.now() + this.step;
  }
}

/** An election among candidates on one clock. */
class Election {
  readonly clock = new SteppedClock(Date.parse('2026-01-01T00:00:00Z'));
  readonly server = new LeaseServer(this.clock);
  readonly told: string[] = [];
  readonly #chance = seededChance(1);

  candidate(identity: string) {
    const link = this.server.link();
    const elector = new LeaderElector({
      store: new KubeLeaseStore({ client: link.client, namespace: 'ns', name: 'lease' }),
      clock: this.clock,
      chance: this.#chance,
      log: silentLog,
      lease: 'ns/lease',
      identity,
      onStartedLeading: (epoch) => this.#tell(`${identity} leads ${epoch}`),
      onStoppedLeading: () => this.#tell(`${identity} stops`),
    });
    elector.start();
    return { link, elector };
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    this.clock.schedule(ms, () => undefined);
    await turns(3);
    while ((this.clock.nextAt() ?? Number.POSITIVE_INFINITY) <= end) {
      this.clock.runNext();
      await turns(3);
    }
  }

  #tell(what: string): void {
    this.told.push(`${what} at ${Math.round(this.clock.monotonic() / 1_000)}`);
  }
}

/** Three candidates whose ways to the server and whose wall clock fail at random; who has lost begins again. */
class Storm {
  readonly election = new Election();
  readonly #chance = seededChance(7);
  readonly #candidates = new Map(['a', 'b', 'c'].map((name) => [name, this.election.candidate(name)]));

  /** How many of them may send something to the cloud. */
  get acting(): number {
    return [...this.#candidates.values()].filter(({ elector }) => elector.msLeft() >= 5_000).length;
  }

  async second(): Promise<void> {
    for (const { link } of this.#candidates.values())
      if (this.#chance.random() < 0.08) link.state = this.#anyState();
    if (this.#chance.random() < 0.02) this.election.clock.step += (this.#chance.random() - 0.5) * 60_000;
    const before = this.election.told.length;
    await this.election.pass(1_000);
    for (const told of this.election.told.slice(before)) {
      const [name = '', what] = told.split(' ');
      if (what === 'stops') await this.#restart(name);
    }
  }

  #anyState(): LinkState {
    const states = ['up', 'up', 'up', 'down', 'silent', 'deaf'] as const;
    return states[Math.floor(this.#chance.random() * states.length)] ?? 'up';
  }

  async #restart(name: string): Promise<void> {
    const ended = this.#candidates.get(name)?.elector.stop();
    await this.election.pass(2_000);
    await ended;
    this.#candidates.set(name, this.election.candidate(name));
  }
}

describe('LeaderElector', () => {
  it('takes a lease that is not there, and renews it every 2 s', async () => {
    const election = new Election();
    const { elector } = election.candidate('a');
    await election.pass(0);
    assert.deepEqual(election.told, ['a leads 0 at 0']);
    const { spec } = election.server.lease ?? {};
    assert.deepEqual([spec?.holderIdentity, spec?.leaseDurationSeconds], ['a', 15]);
    assert.equal(spec?.renewTime, '2026-01-01T00:00:00.000000Z');
    await election.pass(60_000);
    assert.equal(election.server.writes.length, 31);
    assert.equal(election.server.lease?.spec?.acquireTime, spec?.acquireTime);
    assert.equal(election.server.lease?.spec?.renewTime, '2026-01-01T00:01:00.000000Z');
    assert.ok(elector.msLeft() >= 13_000 && elector.msLeft() <= 15_000);
  });

  it('leaves a lease alone that is renewed, whatever the times in it say', async () => {
    const election = new Election();
    election.candidate('a');
    await election.pass(0);
    const { elector } = election.candidate('b');
    for (let second = 0; second < 60; second += 1) {
      const past = microTime(second);
      if (second % 2 === 0) election.server.store({ ...election.server.lease?.spec, renewTime: past });
      await election.pass(1_000);
    }
    assert.equal(elector.msLeft(), 0);
    assert.ok(!election.told.some((each) => each.startsWith('b')));
  });

  it('takes a lease 15 s after its last renewal, whenever it looked before, under a new epoch', async () => {
    const election = new Election();
    const { link } = election.candidate('a');
    await election.pass(0);
    election.candidate('b');
    await election.pass(20_000);
    link.state = 'down';
    await election.pass(14_900);
    assert.deepEqual(election.told.slice(1), ['a stops at 30']);
    await election.pass(200);
    assert.deepEqual(election.told.slice(2), ['b leads 1 at 35']);
  });

  it('takes it 15 s after it saw it renewed for the last time, where it may not watch it', async () => {
    const election = new Election();
    const { link } = election.candidate('a');
    await election.pass(0);
    election.candidate('b').link.isWatchable = false;
    await election.pass(20_000);
    link.state = 'down';
    await election.pass(30_000);
    assert.match(election.told[2] ?? '', /^b leads 1 at 3[5-8]$/);
  });

  it('stops at once when it could not renew for 10 s, even while a call hangs', async () => {
    for (const state of ['down', 'silent'] as const) {
      const election = new Election();
      const { link, elector } = election.candidate('a');
      await election.pass(2_000);
      link.state = state;
      await election.pass(9_900);
      assert.ok(elector.msLeft() > 5_000 && elector.msLeft() < 6_000, state);
      await election.pass(100);
      assert.deepEqual(election.told.slice(1), ['a stops at 12'], state);
      assert.equal(elector.msLeft(), 0);
      const ended = elector.stop();
      await election.pass(2_000);
      await ended;
    }
  });

  it('goes on when the server is away for less than that', async () => {
    const election = new Election();
    const { link, elector } = election.candidate('a');
    await election.pass(2_000);
    link.state = 'down';
    await election.pass(9_400);
    link.state = 'up';
    await election.pass(10_000);
    assert.deepEqual(election.told, ['a leads 0 at 0']);
    assert.ok(elector.msLeft() > 12_000);
  });

  it('goes on when only the answers to its renewals are lost', async () => {
    const election = new Election();
    const { link } = election.candidate('a');
    await election.pass(2_000);
    link.state = 'deaf';
    await election.pass(6_000);
    link.state = 'up';
    await election.pass(4_000);
    assert.deepEqual(election.told, ['a leads 0 at 0']);
  });

  it('counts from when a renewal was sent, not from when it was answered', async () => {
    const election = new Election();
    const { link, elector } = election.candidate('a');
    await election.pass(1_000);
    link.state = 'slow';
    await election.pass(4_000);
    assert.ok(elector.msLeft() <= 12_000, `${elector.msLeft()} ms`);
    assert.ok(elector.msLeft() > 11_000, 'it was renewed');
  });

  it('stops when it sees somebody else with its lease, and does not seek it again', async () => {
    const election = new Election();
    const { elector } = election.candidate('a');
    await election.pass(2_000);
    election.server.store({ holderIdentity: 'b', leaseDurationSeconds: 15, leaseTransitions: 7 });
    await election.pass(2_000);
    assert.deepEqual(election.told.slice(1), ['a stops at 4']);
    await election.pass(60_000);
    assert.equal(election.told.length, 2);
    await elector.stop();
    assert.equal(election.server.lease?.spec?.holderIdentity, 'b');
  });

  it('makes its lease anew when somebody deletes it', async () => {
    const election = new Election();
    election.candidate('a');
    await election.pass(2_000);
    election.server.lease = undefined;
    await election.pass(4_000);
    assert.deepEqual(election.told, ['a leads 0 at 0']);
    assert.equal(election.server.lease && 'there', 'there');
  });

  it('counts no time while the machine slept: the wall clock tells', async () => {
    const election = new Election();
    const { elector } = election.candidate('a');
    await election.pass(2_000);
    election.clock.step = 20_000;
    assert.equal(elector.msLeft(), 0);
    await election.pass(2_000);
    assert.ok(elector.msLeft() > 14_000, 'nobody took it meanwhile');
    election.clock.step = -3_600_000;
    assert.ok(elector.msLeft() <= 15_000);
    await election.pass(16_000);
    assert.deepEqual(election.told, ['a leads 0 at 0']);
  });

  it('gives the lease up for the next one to take at once', async () => {
    const election = new Election();
    const { elector } = election.candidate('a');
    await election.pass(0);
    election.candidate('b');
    await election.pass(5_000);
    const stopped = elector.stop();
    assert.deepEqual(election.told.slice(1), ['a stops at 5'], 'before anything is awaited');
    await stopped;
    const { spec } = election.server.lease ?? {};
    assert.deepEqual([spec?.holderIdentity, spec?.leaseDurationSeconds], ['', 1]);
    await election.pass(10);
    assert.deepEqual(election.told[2], 'b leads 1 at 5');
  });

  it('leaves the lease to expire when it cannot be given up', async () => {
    const election = new Election();
    const { elector, link } = election.candidate('a');
    await election.pass(2_000);
    link.state = 'down';
    await elector.stop();
    assert.equal(election.server.lease?.spec?.holderIdentity, 'a');
    assert.deepEqual(election.told.slice(1), ['a stops at 2']);
  });

  it('never has two who may act, whatever fails', async () => {
    const storm = new Storm();
    let actions = 0;
    for (let second = 0; second < 3_000; second += 1) {
      await storm.second();
      const { acting } = storm;
      assert.ok(acting <= 1, `${acting} act at ${second} s`);
      actions += acting;
    }
    assert.ok(actions > 1_000, `somebody leads for ${actions} of 3,000 s`);
    assert.ok(storm.election.told.length > 20, 'the lease changes hands');
  });
});

describe('microTime', () => {
  it('has six digits always', () => {
    assert.equal(microTime(0), '1970-01-01T00:00:00.000000Z');
    assert.equal(microTime(Date.parse('2026-01-02T03:04:05.678Z')), '2026-01-02T03:04:05.678000Z');
    assert.equal(microTime(1_000.25), '1970-01-01T00:00:01.000250Z');
  });
});
