import { basename } from 'node:path';
import { resolveMongoKinds } from '../../../scripts/test-servers/mongo-kinds.ts';
import { startMongo } from '../../lab/mongo-server.ts';
import { temporaryDirectory } from '../../lab/temporary-directory.ts';
import { Checkout } from './checkout.ts';
import { OldCluster } from './old-cluster.ts';
import { OldDatabase } from './old-database.ts';
import { OldDirectory } from './old-directory.ts';
import { deletionHeld, eachState, recreationHeld } from './stories.ts';

// Writes test/upgrade/fixtures/RELEASE by running an earlier release:
//   node --import tsx test/upgrade/support/write-fixtures.ts CHECKOUT RELEASE

const [directory, release] = process.argv.slice(2);
if (directory === undefined || release === undefined)
  throw new Error(`usage: ${basename(import.meta.filename)} CHECKOUT RELEASE`);
const checkout = new Checkout(directory);
try {
  for (const [name, serving] of [
    ['directory', false],
    ['directory-serving', true],
  ] as const) {
    const fleet = await OldDirectory.start(checkout, serving);
    await eachState(fleet);
    await fleet.keep(`${release}/${name}`, 'killed');
  }
  const cluster = await OldCluster.start(checkout);
  try {
    await eachState(cluster);
    await cluster.keep(`${release}/kubernetes`);
  } finally {
    await cluster.close();
  }
  const [kind] = await resolveMongoKinds();
  if (kind) {
    await using server = await startMongo(kind, temporaryDirectory('mongo'));
    const database = await OldDatabase.start(checkout, server);
    await eachState(database);
    await database.keep(`${release}/mongodb`);
  }
  for (const [name, story] of [
    ['deletion-held', deletionHeld],
    ['recreation-held', recreationHeld],
  ] as const) {
    const fleet = await OldDirectory.start(checkout, false);
    await story(fleet);
    await fleet.keep(`${release}/${name}`, 'ended');
  }
} finally {
  await checkout.close();
}
