import { PortError } from '../../../ports/port-error.ts';

/** A failed call of a MongoDB, as told from those of the cloud; apart from the driver, which loads slowly. */
export class MongoFailure extends PortError {
  override readonly name = 'MongoFailure';
}
