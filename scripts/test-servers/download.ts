import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Archive, archiveIn, platformName } from './envtest-index.ts';
import type { Progress } from './progress.ts';
import { cached } from './server-cache.ts';

/** Until the first byte: a machine without network shall not be kept waiting. */
const answerMs = 2_500;
/** Without a byte of the archive. */
const stalledMs = 15_000;

/**
 * The programs of the official archive for this machine, in the cache. Throws an Error that names what failed: no
 * answer within 2.5 s, an HTTP status, no archive for this platform, a checksum that differs.
 */
export async function downloaded(indexURL: string, cache: string, progress: Progress): Promise<string> {
  const index = await (await answerOf(indexURL)).text();
  const platform = platformName();
  const archive = archiveIn(index, platform);
  if (!archive) throw new Error(`${indexURL} names no archive for ${platform}`);
  return cached(cache, archive.name, (directory) => unpackArchive(archive, directory, progress));
}

async function unpackArchive(archive: Archive, directory: string, progress: Progress): Promise<void> {
  const file = join(directory, 'archive.tar.gz');
  const sha512 = await fetchTo(file, archive, progress);
  if (sha512 !== archive.sha512)
    throw new Error(`${archive.url} has the SHA-512 ${sha512}, its index says ${archive.sha512}`);
  await promisify(execFile)('tar', ['-xzf', file, '-C', directory, '--strip-components=2']);
  rmSync(file);
}

/** Returns the SHA-512 of what was stored, in hex. */
async function fetchTo(file: string, { name, url }: Archive, progress: Progress): Promise<string> {
  const stalled = new AbortController();
  const watchdog = setTimeout(() => stalled.abort(new Error(`${url} stalled`)), stalledMs);
  const hash = createHash('sha512');
  try {
    const { body, headers } = await answerOf(url, stalled.signal);
    const total = Number(headers.get('content-length')) || undefined;
    let got = 0;
    const counter = each((chunk) => {
      watchdog.refresh();
      hash.update(chunk);
      got += chunk.length;
      progress.at(`Downloading Kubernetes ${name}`, got, total);
    });
    await pipeline(body ?? [], counter, createWriteStream(file));
  } finally {
    clearTimeout(watchdog);
    progress.end();
  }
  return hash.digest('hex');
}

/** Passes everything on, and shows it to `look` first. */
function each(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

async function answerOf(url: string, signal?: AbortSignal): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${answerMs / 1_000} s`)), answerMs);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
    });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
