import type { Collection } from 'mongodb';
import type { Chance } from '../../../ports/chance.ts';
import { asPortError } from './mongo-error.ts';

interface ProbeDocument {
  readonly _id: string;
  readonly round: number;
  readonly by: number;
}

/** A server that lets two win does so in most rounds. */
const rounds = 25;
const racers = 4;

/**
 * Whether of several compare-and-swaps at once only one wins, as found out on a scratch document in `collection`.
 * On a server where two can, writes of two controllers would undo each other.
 */
export async function swapsAreExact(collection: Collection<ProbeDocument>, chance: Chance): Promise<boolean> {
  const _id = `probe/${chance.uuid()}`;
  try {
    await collection.insertOne({ _id, round: 0, by: 0 });
    try {
      for (let round = 0; round < rounds; round += 1)
        if ((await winners(collection, _id, round)) > 1) return false;
      return true;
    } finally {
      await collection.deleteOne({ _id });
    }
  } catch (error) {
    throw asPortError(error, 'probing compare-and-swap');
  }
}

async function winners(collection: Collection<ProbeDocument>, _id: string, round: number): Promise<number> {
  const swap = (by: number) => collection.updateOne({ _id, round }, { $set: { round: round + 1, by } });
  const results = await Promise.all(Array.from({ length: racers }, (_, by) => swap(by)));
  return results.filter(({ matchedCount }) => matchedCount === 1).length;
}
