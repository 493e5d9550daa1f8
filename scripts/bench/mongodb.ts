import type { Lab } from '../../test/lab/lab.ts';
import { startMongo } from '../../test/lab/mongo-server.ts';
import { resolveMongoKinds } from '../test-servers/mongo-kinds.ts';
import type { Figure } from './figure.ts';
import { directoryPlace } from './mongodb/directory-place.ts';
import { mongoDBPlace } from './mongodb/mongodb-place.ts';
import { type PlaceSizes, placeFigures } from './mongodb/place-figures.ts';

const sizes: PlaceSizes = { bots: 1_000, edits: 200, largeFleet: 10_000, starts: 3, settleSeconds: 30 };

/** Bots as documents, on a server with change streams, beside the same as files. Throws a MissingServersError. */
export async function mongodb(lab: Lab, asked: PlaceSizes = sizes): Promise<Figure[]> {
  const kind = (await resolveMongoKinds()).find(({ streams }) => streams);
  if (!kind) throw new Error('there is no MongoDB server with change streams');
  lab.say(`mongodb: on ${kind.name}`);
  await using server = await startMongo(kind, lab.directory('mongodb'), { forgets: true });
  await using ofDocuments = await mongoDBPlace(server);
  const documents = await placeFigures(lab, ofDocuments, asked);
  await using ofFiles = directoryPlace(lab);
  const files = await placeFigures(lab, ofFiles, asked);
  return documents.flatMap((figure, index) => [figure, ...files.slice(index, index + 1)]);
}
