import type { Collection } from 'mongodb';
import { asPortError } from '../../client/mongo-error.ts';
import type { LedgerMark } from './ledger-document.ts';

type Marked = Partial<Pick<LedgerMark, 'epoch'>> & { readonly _id: string };

/** Of all leaders that ever wrote into the ledger; -1 where none did. */
export async function highestEpoch(ledger: Collection<Marked>): Promise<number> {
  try {
    const marked = ledger.find({ epoch: { $exists: true } }, { projection: { epoch: 1 } });
    const [highest] = await marked.sort({ epoch: -1 }).limit(1).toArray();
    return highest?.epoch ?? -1;
  } catch (error) {
    throw asPortError(error, 'looking for the last epoch');
  }
}
