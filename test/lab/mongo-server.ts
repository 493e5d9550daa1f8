import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { MongoKind, MongoProgram } from '../../scripts/test-servers/mongo-kinds.ts';
import type { ChildOptions } from './child.ts';
import { freePort } from './free-port.ts';
import { Restartable } from './restartable.ts';
import { until } from './until.ts';

/** A MongoDB-compatible server that runs. */
export interface MongoServer {
  /** Without a database. */
  readonly uri: string;
  /** `host:port`, for a proxy before it; undefined where it is not ours. */
  readonly address: string | undefined;
  /** What to kill and start again at the same address; undefined where it is not ours. */
  readonly process: Restartable | undefined;
  /** Until it takes writes, after a start. Throws with its log when it dies meanwhile. */
  ready(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface MongoOptions {
  /** The server may forget all when it ends: one that writes files ten times as slowly as others is spared that. */
  readonly forgets?: boolean;
}

/** Starts a server that keeps its data and log in `directory`, on a free port of the loopback; takes 1 to 4 s. */
export async function startMongo(
  kind: MongoKind,
  directory: string,
  { forgets = false }: MongoOptions = {},
): Promise<MongoServer> {
  const { program } = kind;
  if (program.kind === 'running') return running(program.uri);
  const port = await freePort();
  const process = new Restartable(childOf(program, port, directory, forgets));
  const uri = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  await using ends = new AsyncDisposableStack();
  ends.defer(() => process.kill());
  process.start();
  const ready = () => takesWrites(uri, process, program.kind === 'mongod');
  await ready();
  const whole = ends.move();
  const dispose = () => whole.disposeAsync();
  return { uri, address: `127.0.0.1:${port}`, process, ready, [Symbol.asyncDispose]: dispose };
}

/** The connection string with another database in it. */
export function inDatabase(uri: string, database: string): string {
  return uri.replace(/^([^/]*\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`);
}

function running(uri: string): MongoServer {
  return {
    uri,
    address: undefined,
    process: undefined,
    ready: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function childOf(
  program: Exclude<MongoProgram, { kind: 'running' }>,
  port: number,
  directory: string,
  forgets: boolean,
): ChildOptions {
  const { command } = program;
  const data = join(directory, 'data');
  const logFile = join(directory, 'mongo.log');
  mkdirSync(data, { recursive: true });
  if (program.kind === 'ferretdb') return { command, args: [`127.0.0.1:${port}`, data], logFile };
  if (program.kind === 'java') {
    const store = forgets ? undefined : join(data, 'store');
    return { command, args: javaArgs(program.jar, port, store), logFile };
  }
  const args = [`--port=${port}`, '--bind_ip=127.0.0.1', `--dbpath=${data}`, '--replSet=test'];
  return { command, args, logFile };
}

/** Without a store all data, and every change ever made, are in the heap. */
function javaArgs(jar: string, port: number, store: string | undefined): readonly string[] {
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=off';
  const heap = store === undefined ? '-Xmx3g' : '-Xmx256m';
  return [heap, quiet, '-jar', jar, String(port), ...(store === undefined ? [] : [store])];
}

async function takesWrites(uri: string, process: Restartable, isReplicaSet: boolean): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1_000 });
  try {
    await until('the MongoDB server to take writes', 60_000, 50, async () => {
      process.assertAlive();
      return isPrimary(client, isReplicaSet);
    });
  } finally {
    await client.close();
  }
}

async function isPrimary(client: MongoClient, isReplicaSet: boolean): Promise<boolean> {
  const admin = client.db('admin');
  try {
    // Once it has failed to connect, a client does so only when told.
    await client.connect();
    const { isWritablePrimary } = await admin.command({ hello: 1 });
    if (!isWritablePrimary && isReplicaSet) await admin.command({ replSetInitiate: {} });
    return isWritablePrimary === true;
  } catch {
    // It does not listen yet, or has been initiated already: the next answer tells.
    return false;
  }
}
