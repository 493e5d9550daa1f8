import assert from 'node:assert/strict';
import test from 'node:test';
import { CloudTimer } from '../../../../src/adapters/digitalocean/transport/cloud-timer.ts';
import { virtualClock } from '../virtual-clock.ts';

/** A timer, a cloud whose clock is `aheadMs` off, and answers of it that take `tookMs`. */
function rig(aheadMs = 0) {
  const clock = virtualClock();
  const timer = new CloudTimer(clock);
  const cloudTime = () => clock.now() + aheadMs;
  const dated = (at: number) => ({ status: 200, body: '', headers: { date: new Date(at).toUTCString() } });
  /** The cloud dates its answer at `share` of the way. */
  const answer = async (tookMs: number, share: number) => {
    const sentAt = clock.monotonic();
    await clock.advance(tookMs * share);
    const response = dated(cloudTime());
    await clock.advance(tookMs * (1 - share));
    timer.learn(response, sentAt);
  };
  const error = () => Math.abs((timer.now() ?? Number.NaN) - cloudTime());
  return { clock, timer, answer, error, dated, cloudTime };
}

test('before the first answer, and after one without a date, the time of the cloud is unknown', () => {
  const { timer, clock } = rig();
  assert.equal(timer.now(), undefined);
  timer.learn({ status: 200, body: '', headers: {} }, clock.monotonic());
  timer.learn({ status: 200, body: '', headers: { date: 'yesterday' } }, clock.monotonic());
  assert.equal(timer.now(), undefined);
});

for (const aheadMs of [0, 3_600_000, -86_400_000, 137])
  test(`one answer tells the time within 2 s of a cloud ${aheadMs} ms ahead, wherever in it the date was made`, async () => {
    for (const tookMs of [1, 900, 3000]) {
      for (const share of [0, 0.5, 1]) {
        const { answer, error, clock } = rig(aheadMs);
        await clock.advance(777);
        await answer(tookMs, share);
        assert.ok(error() <= 2000, `${error()} ms off after ${tookMs} ms with the date at ${share}`);
        await clock.advance(60_000);
        assert.ok(error() <= 2000, 'and it runs on');
      }
    }
  });

test('a slow answer is not measured', async () => {
  const { answer, timer } = rig();
  await answer(3001, 0);
  assert.equal(timer.now(), undefined);
});

test('four wrong dates among nine move nothing, and the newest nine count', async () => {
  const { answer, error, timer, clock, dated, cloudTime } = rig();
  for (let nth = 0; nth < 9; nth += 1) await answer(100, 0.5);
  const stale = () => timer.learn(dated(cloudTime() - 600_000), clock.monotonic());
  for (let nth = 0; nth < 4; nth += 1) stale();
  assert.ok(error() < 2000, `${error()} ms off`);
  stale();
  assert.ok(error() > 500_000, 'a majority is believed');
  for (let nth = 0; nth < 5; nth += 1) await answer(100, 0.5);
  assert.ok(error() < 2000, `${error()} ms off`);
});

test('a step of our wall clock moves nothing', async () => {
  const clock = virtualClock();
  let stepMs = 0;
  const timer = new CloudTimer({ ...clock, now: () => clock.now() + stepMs });
  const date = new Date(clock.now()).toUTCString();
  timer.learn({ status: 200, body: '', headers: { date } }, clock.monotonic());
  const before = timer.now();
  stepMs = 7_200_000;
  assert.equal(timer.now(), before);
});
