import { type ChangeStream, type Collection, type Document, MongoServerError } from 'mongodb';
import type { StreamEvent } from './change-event.ts';

/** How long the server waits for a change before it answers that there is none, in ms. */
const awaitMs = 1_000;

/** Of servers that are on their way up or down, or whose primary changes. */
const passing = new Set([6, 7, 89, 91, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Changes of a collection from the moment on in which it was opened, or from its resume point. */
export interface OpenedStream {
  /** Ends with an error, when the connection does; the driver does not resume by itself, for that may leave a gap. */
  events(): AsyncGenerator<StreamEvent>;
  /** From where another stream would go on; undefined while there is none. */
  resumePoint(): unknown;
  close(): Promise<void>;
}

/** Resolves once the stream is open: whatever happens afterwards is in it. */
export async function openStream(collection: Collection<Document>, from: unknown): Promise<OpenedStream> {
  const fields = { operationType: 1, documentKey: 1, 'fullDocument._id': 1, updateDescription: 1 };
  const stream = collection.watch([{ $project: fields }], {
    fullDocument: 'updateLookup',
    maxAwaitTimeMS: awaitMs,
    ...(from !== undefined && { resumeAfter: from }),
  }) as unknown as ChangeStream<Document, StreamEvent & Document>;
  try {
    const first = await stream.tryNext();
    return opened(stream, first, from);
  } catch (error) {
    await closed(stream);
    throw error;
  }
}

function opened(
  stream: ChangeStream<Document, StreamEvent & Document>,
  first: StreamEvent | null,
  from: unknown,
): OpenedStream {
  let last: unknown = stream.resumeToken ?? from;
  return {
    async *events() {
      if (first) yield first;
      for await (const event of stream.stream() as AsyncIterable<StreamEvent>) {
        yield event;
        last = event._id;
      }
    },
    resumePoint: () => last,
    close: () => closed(stream),
  };
}

/** Its end is all that matters. */
async function closed(stream: ChangeStream<Document, StreamEvent & Document>): Promise<void> {
  await stream.close().catch(() => undefined);
}

/** Whether the server answered that it has no change streams, or none for us: no sign of a passing trouble. */
export function hasNoStreams(error: unknown): boolean {
  return error instanceof MongoServerError && !passing.has(Number(error.code));
}
