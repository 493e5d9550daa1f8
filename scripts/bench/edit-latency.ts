import { setTimeout as sleep } from 'node:timers/promises';
import { keyTag } from '../../src/model/identity.ts';
import type { BotSpec } from '../../src/model/spec/bot-spec.ts';
import { botNames } from '../../test/lab/fleet-files.ts';
import type { SimulatorProcess } from '../../test/lab/simulator-process.ts';
import { until } from '../../test/lab/until.ts';

/** Changes what is declared of a bot. */
export type Edit = (name: string, spec: Partial<BotSpec>) => void | Promise<void>;

/** Every other edit needs a step stored before its call; the others need none. */
const edits: readonly Partial<BotSpec>[] = [{ powerState: 'Stopped' }, { droplet: { tags: ['edited'] } }];

/**
 * Edits the bots `bot-00000` and so on, one after the other, each once: milliseconds from before each edit until the
 * cloud got the first call that changes the bot's droplet.
 */
export async function editLatency(simulator: SimulatorProcess, bots: number, edit: Edit): Promise<number[]> {
  const times: number[] = [];
  const droplets = new Map(
    (await simulator.droplets()).flatMap(({ id, tags }) => tags.map((tag) => [tag, id])),
  );
  for (const [number, name] of botNames(0, bots).entries()) {
    const dropletID = droplets.get(keyTag(`default/${name}`));
    if (dropletID === undefined) throw new Error(`${name} has no droplet`);
    // At times that have nothing to do with the controller's own.
    await sleep(37 + (number % 13));
    times.push(await firstCallMs(simulator, dropletID, () => edit(name, edits[number % edits.length] ?? {})));
  }
  return times;
}

async function firstCallMs(
  simulator: SimulatorProcess,
  dropletID: number,
  edit: () => void | Promise<void>,
): Promise<number> {
  const offset = await simulator.clockOffset();
  const seen = (await simulator.journal()).at(-1)?.seq ?? 0;
  const editedAt = performance.timeOrigin + performance.now();
  await edit();
  let arrivedAt: number | undefined;
  await until(`a call about droplet ${dropletID}`, 30_000, 5, async () => {
    const entries = await simulator.journal(seen);
    arrivedAt = entries.find((entry) => entry.method !== 'GET' && entry.dropletIDs.includes(dropletID))?.at;
    return arrivedAt !== undefined;
  });
  return (arrivedAt ?? Number.NaN) - offset - editedAt;
}
