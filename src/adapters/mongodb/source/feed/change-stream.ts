import { type AggregationCursor, type Collection, type Document, MongoServerError } from 'mongodb';
import { type Clock, sleep } from '../../../../ports/clock.ts';
import { answered } from '../../client/within-deadline.ts';
import { declaredFields } from '../document/declared-document.ts';
import type { StreamEvent } from './change-event.ts';

/** How long the server is to wait for a change before it answers that there is none, in ms. */
const awaitMs = 1_000;
/** One that answers so much sooner does not wait: then we do, in ms. */
const soonMs = 100;
const pauseMs = 25;

/** Of servers that are on their way up or down, or whose primary changes. */
const passing = new Set([6, 7, 89, 91, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

const shownFields = Object.fromEntries(
  ['_id', ...Object.keys(declaredFields)].map((field) => [`fullDocument.${field}`, 1]),
);

/** Changes of a collection from the moment on in which it was opened, or from its resume point. */
export interface OpenedStream {
  /** Ends with an error when the connection does. */
  events(): AsyncGenerator<StreamEvent>;
  /** From where another stream would go on: after the last event told; undefined before there was one. */
  resumePoint(): unknown;
  close(): Promise<void>;
}

/**
 * Resolves once the stream is open: whatever happens afterwards is in it. Made of the plain stage, not by the driver's
 * `watch`: that resumes by itself, and where there is no resume point yet it does so with a gap that nobody learns of.
 */
export async function openStream(
  collection: Collection<Document>,
  clock: Clock,
  from: unknown,
): Promise<OpenedStream> {
  const fields = { operationType: 1, documentKey: 1, updateDescription: 1, ...shownFields };
  const resume = from === undefined ? {} : { resumeAfter: from };
  const stages = [{ $changeStream: { fullDocument: 'updateLookup', ...resume } }, { $project: fields }];
  const cursor = collection.aggregate<StreamEvent>(stages, { maxAwaitTimeMS: awaitMs });
  try {
    return opened(cursor, clock, await answered(clock, cursor.tryNext()), from);
  } catch (error) {
    await closed(cursor);
    throw error;
  }
}

function opened(
  cursor: AggregationCursor<StreamEvent>,
  clock: Clock,
  first: StreamEvent | null,
  from: unknown,
): OpenedStream {
  let last = from;
  return {
    async *events() {
      let event = first;
      while (!cursor.closed) {
        if (event) {
          // Before it is told: a stream that is left over an event must not begin with it again.
          last = event._id;
          yield event;
        }
        const asked = clock.monotonic();
        event = await answered(clock, cursor.tryNext());
        if (!event && clock.monotonic() - asked < soonMs) await sleep(clock, pauseMs);
      }
    },
    resumePoint: () => last,
    close: () => closed(cursor),
  };
}

/** Its end is all that matters. */
async function closed(cursor: AggregationCursor<StreamEvent>): Promise<void> {
  await cursor.close().catch(() => undefined);
}

/** Whether the server answered that it has no change streams, or none for us: no sign of a passing trouble. */
export function hasNoStreams(error: unknown): boolean {
  return error instanceof MongoServerError && !passing.has(Number(error.code));
}
