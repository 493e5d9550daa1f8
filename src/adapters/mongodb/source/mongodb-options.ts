import type { Db } from 'mongodb';
import type { CollectionNames } from '../../../model/collection-names.ts';
import type { Chance } from '../../../ports/chance.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Leadership } from '../../../ports/leadership.ts';
import type { Log } from '../../../ports/log.ts';

export interface MongoDBOptions {
  /** Of a client that stays open longer than the source. */
  readonly db: Db;
  readonly collections: CollectionNames;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Id for a new fleet, and that a present one must have; undefined: made by chance, and any. */
  readonly fleetID: string | undefined;
  /** The fencing epoch of the lease that is held: higher than that of any leader before. Asked from the start on. */
  readonly epoch: () => number;
  readonly leadership: Leadership;
  /** There can be no other controller, so that nobody has to be fenced off: that takes as long as writing every record. */
  readonly alone?: boolean;
}
