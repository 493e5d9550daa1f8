import { type Answer } from './answer-reader.ts';
import type { Target } from './load-protocol.ts';
/** One keep-alive connection, one call at a time; opened when it is needed. */
export declare class Wire {
  #private;
  constructor(target: Target);
  /** Rejects when the connection ends before the answer. */
  call(request: string): Promise<Answer>;
  move(target: Target): void;
}
