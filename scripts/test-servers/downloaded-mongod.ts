import { join } from 'node:path';
import { DryMongoBinary } from 'mongodb-memory-server-core/lib/util/DryMongoBinary.js';
import { MongoBinary } from 'mongodb-memory-server-core/lib/util/MongoBinary.js';
import type { Progress } from './progress.ts';

const mirror = 'https://fastdl.mongodb.org';
/** A machine without network shall not be kept waiting. */
const answerMs = 2_500;

/**
 * A real mongod, from the cache or the official download (MONGOMS_VERSION, MONGOMS_DOWNLOAD_MIRROR and their like
 * hold). Throws an Error that names what failed; without an answer after 2.5 s.
 */
export async function downloadedMongod(cache: string, progress: Progress): Promise<string> {
  const options = DryMongoBinary.getEnsuredOptions({ downloadDir: join(cache, 'mongod') });
  const found = await DryMongoBinary.locateBinary(options);
  if (found !== undefined) return found;
  await reached(process.env['MONGOMS_DOWNLOAD_MIRROR'] ?? mirror);
  progress.at(`Downloading mongod ${options.version}`, 0, undefined);
  try {
    return await MongoBinary.getPath(options);
  } finally {
    progress.end();
  }
}

/** Any answer will do. */
async function reached(url: string): Promise<void> {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(answerMs) });
  } catch (error) {
    throw new Error(`${url} does not answer`, { cause: error });
  }
}
