import { openDirectoryReader } from '../../src/adapters/directory/directory-reader.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { dropletName } from '../../src/model/identity.ts';
import type { BotRecord } from '../../src/model/records.ts';
import type { SimulatorProcess } from '../../test/lab/simulator-process.ts';

/**
 * Checks that what the controller says of itself is so: every bot is stored as Ready and has exactly one running
 * droplet. Returns how many times a status was written, all bots together.
 */
export async function confirmReady(
  source: string,
  stateFile: string,
  simulator: SimulatorProcess,
  count: number,
): Promise<number> {
  const reader = openDirectoryReader({ directory: source, stateFile, clock: systemClock });
  try {
    const bots = reader.bots();
    const ready = bots.filter(isReady);
    if (ready.length !== count) throw new Error(`${ready.length} of ${count} bots are stored as Ready`);
    const names = new Map(bots.map((bot) => [dropletName(bot.uid), bot]));
    const droplets = await simulator.droplets();
    const right = droplets.filter(({ name, status }) => names.has(name) && status === 'active');
    if (right.length !== count || droplets.length !== count) {
      throw new Error(`${droplets.length} droplets, ${right.length} of them right, for ${count} bots`);
    }
    return bots.reduce((sum, bot) => sum + writesOf(bot), 0);
  } finally {
    reader.close();
  }
}

function isReady({ status }: BotRecord): boolean {
  return status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** A record begins at version 1; each write of its status adds one. */
function writesOf({ version, generation }: BotRecord): number {
  return Number(version) - generation;
}
