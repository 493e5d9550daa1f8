import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** V8 settles how much room an object has for properties by the first seven of its class that are made. */
const settledAfter = 8;

/**
 * Has V8 settle the shape of responses by some that live at the same time. It looks at those that are left: where a
 * collection falls between the first seven calls of a process it finds none, gives responses no room, and each of
 * them becomes a hash table of 3 KB, of which 10,000 calls that wait take 30 MB, and full collections come twice as often.
 */
export function steadyResponses(): void {
  const request = new IncomingMessage(new Socket());
  Array.from({ length: settledAfter }, () => new ServerResponse(request));
}
