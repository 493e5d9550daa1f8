import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  LinkGuard,
  type UnderWay,
} from '../../../../../src/adapters/kubernetes/client/transport/link-guard.ts';
import { VirtualClock } from '../../../../../src/adapters/system/virtual-clock.ts';
import { turns } from '../../support/turns.ts';

/** A guard over a link that answers probes or not. */
class Link {
  readonly clock = new VirtualClock(0);
  /** Whether a new connection is answered. */
  isUp = true;
  probes = 0;
  renewals = 0;
  readonly abandoned: string[] = [];
  readonly guard = new LinkGuard({
    clock: this.clock,
    probe: () => {
      this.probes += 1;
      return this.isUp ? Promise.resolve() : new Promise(() => undefined);
    },
    renew: () => {
      this.renewals += 1;
    },
  });

  sends(name: string, purpose: UnderWay['purpose']): UnderWay {
    const underWay: UnderWay = {
      purpose,
      abandon: () => {
        this.abandoned.push(name);
        this.guard.ended(underWay);
      },
    };
    this.guard.sent(underWay);
    return underWay;
  }

  opens(name: string): void {
    this.guard.answered(this.sends(name, 'watch'));
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms;
    this.clock.schedule(ms, () => undefined);
    while ((this.clock.nextAt() ?? Number.POSITIVE_INFINITY) <= end) {
      this.clock.runNext();
      await turns(2);
    }
  }
}

describe('LinkGuard', () => {
  it('probes nothing while calls are answered, however many', async () => {
    const link = new Link();
    link.opens('watch');
    for (let second = 0; second < 60; second += 1) {
      const call = link.sends('call', 'call');
      await link.pass(900);
      link.guard.answered(call);
      link.guard.ended(call);
      await link.pass(100);
    }
    assert.equal(link.probes, 0);
    await link.pass(600_000);
    assert.equal(link.probes, 0);
  });

  it('leaves slow calls alone while others are answered', async () => {
    const link = new Link();
    link.opens('watch');
    link.sends('slow', 'call');
    for (let count = 0; count < 20; count += 1) {
      link.guard.answered(link.sends('quick', 'call'));
      await link.pass(500);
    }
    assert.deepEqual([link.probes, link.abandoned], [0, []]);
  });

  it('abandons watches when a call waits in vain and a new connection is answered, but not the call', async () => {
    const link = new Link();
    link.opens('watch');
    link.sends('call', 'call');
    await link.pass(1_000);
    assert.deepEqual([link.probes, link.renewals, link.abandoned], [1, 1, ['watch']]);
    await link.pass(5_000);
    assert.deepEqual(link.abandoned, ['watch'], 'the server may take its time over a call');
  });

  it('does so once in half a minute where the server is merely slow', async () => {
    const link = new Link();
    link.sends('slow', 'call');
    for (let second = 0; second < 60; second += 1) {
      link.opens(`watch-${second}`);
      await link.pass(2_000);
    }
    assert.ok(link.probes <= 5, `${link.probes} probes in two minutes`);
  });

  it('tries new connections four times a second while the link is down', async () => {
    const link = new Link();
    link.isUp = false;
    link.sends('call', 'call');
    await link.pass(11_000);
    assert.ok(link.probes >= 38 && link.probes <= 41, `${link.probes}`);
    assert.deepEqual([link.renewals, link.abandoned], [0, []]);
  });

  it('abandons what was sent before a link that was down is back: watches at once, calls a moment later', async () => {
    const link = new Link();
    link.opens('watch');
    link.isUp = false;
    link.sends('call', 'call');
    await link.pass(5_000);
    link.isUp = true;
    await link.pass(250);
    assert.deepEqual(link.abandoned, ['watch']);
    link.sends('new', 'call');
    await link.pass(300);
    assert.deepEqual(link.abandoned, ['watch', 'call']);
  });

  it('leaves calls alone that are answered in that moment', async () => {
    const link = new Link();
    link.isUp = false;
    const call = link.sends('call', 'call');
    await link.pass(5_000);
    link.isUp = true;
    await link.pass(250);
    link.guard.answered(call);
    link.guard.ended(call);
    await link.pass(1_000);
    assert.deepEqual(link.abandoned, []);
  });

  it('looks for other dead connections as soon as one fails', async () => {
    const link = new Link();
    link.opens('watch');
    await link.pass(1);
    link.guard.failed();
    await turns(2);
    assert.deepEqual(link.abandoned, ['watch']);
  });

  it('sends nothing over the connection of a call that ran out of time', () => {
    const link = new Link();
    link.guard.expired();
    assert.equal(link.renewals, 1);
  });

  it('does nothing more once it is closed', async () => {
    const link = new Link();
    link.isUp = false;
    link.sends('call', 'call');
    await link.pass(2_000);
    const { probes } = link;
    link.guard.close();
    await link.pass(10_000);
    link.guard.failed();
    assert.equal(link.probes, probes);
  });
});
