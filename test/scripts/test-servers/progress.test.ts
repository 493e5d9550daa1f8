import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { terminalProgress } from '../../../scripts/test-servers/progress.ts';

function watched(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { written, progress: terminalProgress(stream) };
}

describe('the progress of a download', () => {
  it('is one line on a terminal, written anew only when it says something else', () => {
    const { written, progress } = watched(true);
    for (const bytes of [100, 200, 1_000_000, 2_000_000]) progress.at('Downloading', bytes, 2_000_000);
    progress.end();
    assert.deepEqual(written, [
      '\rDownloading: 0 % of 2 MB',
      '\rDownloading: 50 % of 2 MB',
      '\rDownloading: 100 % of 2 MB',
      '\n',
    ]);
  });

  it('counts megabytes where the whole is not known', () => {
    const { written, progress } = watched(true);
    progress.at('Downloading', 3_500_000, undefined);
    assert.deepEqual(written, ['\rDownloading: 3 MB']);
  });

  it('writes nothing where there is no terminal', () => {
    const { written, progress } = watched(false);
    progress.at('Downloading', 1, 2);
    progress.end();
    assert.deepEqual(written, []);
  });
});
