import { noteLeftOut } from '../../test/lab/notes/notes.ts';
import { type MongoKind, resolveMongoKinds } from './mongo-kinds.ts';
import { MissingServersError } from './resolve.ts';

/** The servers that a suite runs on, one after the other, and the option of `describe` that skips it without any. */
export interface MongoKindsOrSkip {
  readonly kinds: readonly MongoKind[];
  readonly skip: string | false;
}

/** Where there is no server a suite is skipped, with the reason; but with CI=true that is a failure. */
export async function mongoKindsOrSkip(
  resolve: () => Promise<readonly MongoKind[]> = resolveMongoKinds,
  env: NodeJS.ProcessEnv = process.env,
): Promise<MongoKindsOrSkip> {
  try {
    return { kinds: await resolve(), skip: false };
  } catch (error) {
    if (!(error instanceof MissingServersError)) throw error;
    noteLeftOut({ missing: 'MongoDB', remedy: 'make test MONGODB_URI=mongodb://ADDRESS' }, env);
    if (env['CI'] === 'true') throw error;
    return { kinds: [], skip: error.message };
  }
}
