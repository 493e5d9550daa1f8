import type { Lab } from '../../../test/lab/lab.ts';
import { until } from '../../../test/lab/until.ts';
import { aimed, type Figure, told } from '../figure.ts';
import { percentile } from '../percentile.ts';
import type { BotFleet } from './bot-fleet.ts';
import type { ConfigNote } from './load-protocol.ts';
import { writesOf } from './writes-of.ts';

/** Longer than anything is expected to take. */
const withinMs = 240_000;

/** Every bot's trading is changed at once. */
export async function changeFigures(lab: Lab, fleet: BotFleet): Promise<Figure[]> {
  lab.say(`bots: a change of all ${fleet.count} configs`);
  const writes = writesOf(fleet.bots());
  await fleet.agents.notes();
  const begunAt = performance.timeOrigin + performance.now();
  fleet.change({ trading: { algorithm: 'breakout' } });
  const { delivered, acknowledged, failures } = await taken(fleet);
  for (const [what, count] of failures) lab.say(`bots: ${count} times ${what}`);
  const bots = fleet.bots();
  const storedAt = new Map(
    bots.map(({ uid, status }) => [uid, Date.parse(status.desiredConfig?.since ?? '')]),
  );
  const lags = delivered.map(([uid, , at]) => at - (storedAt.get(uid) ?? Number.NaN));
  const unsettled = bots.filter(({ status }) => status.appliedConfig?.id !== status.desiredConfig?.id).length;
  const durable = Math.max(...acknowledged.map(([, , at]) => at)) - begunAt;
  return [
    aimed(
      'bots.change.delivered',
      Math.max(...lags) / 1_000,
      's',
      10,
      'an id stored to its bot having the config; slowest',
    ),
    told('bots.change.deliveredP50', percentile(lags, 50) / 1_000, 's', 'the same; median'),
    aimed('bots.change.acknowledged', durable / 1_000, 's', 60, 'first edit to all acknowledgements durable'),
    aimed('bots.change.writes', (writesOf(bots) - writes) / fleet.count, 'writes', 2, 'of status, a bot'),
    told(
      'bots.change.failures',
      [...failures.values()].reduce((sum, count) => sum + count, 0),
      'calls',
      'that failed meanwhile; agents repeat them',
    ),
    aimed('bots.change.unsettled', unsettled, 'bots', 0, 'whose applied config is not the desired one'),
  ];
}

interface Taken {
  /** The first of each bot. */
  readonly delivered: readonly ConfigNote[];
  readonly acknowledged: readonly ConfigNote[];
  readonly failures: ReadonlyMap<string, number>;
}

async function taken(fleet: BotFleet): Promise<Taken> {
  const delivered = new Map<string, ConfigNote>();
  const acknowledged = new Map<string, ConfigNote>();
  const failures = new Map<string, number>();
  await until('all acknowledgements', withinMs, 1_000, async () => {
    const notes = await fleet.agents.notes();
    for (const note of notes.delivered) if (!delivered.has(note[0])) delivered.set(note[0], note);
    for (const note of notes.acknowledged) acknowledged.set(note[0], note);
    for (const [what, count] of Object.entries(notes.failures))
      failures.set(what, (failures.get(what) ?? 0) + count);
    return acknowledged.size === fleet.count;
  });
  return { delivered: [...delivered.values()], acknowledged: [...acknowledged.values()], failures };
}
