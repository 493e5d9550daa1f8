import { sourceContract } from '../../contract/source-contract.ts';
import { MongoBed } from './source/mongo-bed.ts';
import { eachMongo } from './support/each-mongo.ts';

await eachMongo(
  'a database that runs',
  () => true,
  ({ server }) => sourceContract('a database', async () => new MongoBed(server().uri)),
);
