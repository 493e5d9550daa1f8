import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { MongoKind } from '../../../../scripts/test-servers/mongo-kinds.ts';
import { mongoKindsOrSkip } from '../../../../scripts/test-servers/mongo-kinds-or-skip.ts';
import { type MongoServer, startMongo } from '../../../lab/mongo-server.ts';

/** For the body of `describe`: the server runs once its tests do. */
export interface MongoUnderTest {
  readonly kind: MongoKind;
  readonly server: () => MongoServer;
}

/**
 * A suite on each server that tests have and that `fits`, started once for it; skipped, with the reason, where there
 * is none.
 */
export async function eachMongo(
  title: string,
  fits: (kind: MongoKind) => boolean,
  suite: (under: MongoUnderTest) => void,
): Promise<void> {
  const { kinds, skip } = await mongoKindsOrSkip();
  if (skip !== false) describe(title, { skip });
  for (const kind of kinds.filter(fits))
    describe(title, () => {
      const directory = mkdtempSync(join(tmpdir(), 'clawfleet-mongo-'));
      let server: MongoServer | undefined;
      before(async () => {
        server = await startMongo(kind, directory);
      });
      after(async () => {
        await server?.[Symbol.asyncDispose]();
        rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
      });
      // Of its own, so that its hooks end before the server does.
      describe(`(${kind.name})`, () => suite({ kind, server: () => server ?? notStarted() }));
    });
}

function notStarted(): never {
  throw new Error('the server has not started');
}
