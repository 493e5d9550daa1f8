import type { Dispatcher } from 'undici';

/** Beyond so much that nobody has read yet the connection is not read further. */
const longestQueue = 1_048_576;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** No answer came, or not all of it. */
export class NoAnswer extends Error {
  /** False when it is certain that no byte of the request left. */
  readonly maybeSent: boolean;

  constructor(cause: Error, maybeSent: boolean) {
    super(describe(cause), { cause });
    this.name = 'NoAnswer';
    this.maybeSent = maybeSent;
  }
}

/** One request on an undici dispatcher and its answer, read as fast as it is consumed. Fails only with NoAnswer. */
export class AnswerStream implements Dispatcher.DispatchHandler {
  readonly #head = Promise.withResolvers<AnswerHead>();
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.abandon(asError(this.#signal.reason));
  readonly #onEnd: (failure?: NoAnswer) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #chunks: Buffer[] = [];
  #queued = 0;
  #ended = false;
  #failure: NoAnswer | undefined;
  #wake: () => void = () => undefined;

  /** `onEnd`: nothing more comes of it; with the failure, if that is why. */
  constructor(signal: AbortSignal, onEnd: (failure?: NoAnswer) => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
    // Whoever waits for the head hears of its failure; that nobody does is no fault.
    this.#head.promise.catch(() => undefined);
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get head(): Promise<AnswerHead> {
    return this.#head.promise;
  }

  /** The pieces of the body. Leaving the loop early closes the connection. */
  async *body(): AsyncGenerator<Buffer, void> {
    try {
      for (;;) {
        for (const chunk of this.#taken()) yield chunk;
        if (this.#failure) throw this.#failure;
        if (this.#chunks.length === 0 && this.#ended) return;
        if (this.#chunks.length === 0) await this.#more();
      }
    } finally {
      this.discard();
    }
  }

  /** Nobody will read the rest. */
  discard(): void {
    if (this.#ended || this.#failure) return;
    this.#end();
    this.#controller?.abort(new Error('the answer is not wanted any more'));
  }

  /** Fails it, and closes its connection. */
  abandon(reason: Error): void {
    this.#fail(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#failure) {
      controller.abort(this.#failure);
    } else if (this.#controller !== undefined) {
      // undici would send the request a second time on another connection: never.
      controller.abort(new Error('the connection was lost'));
    } else {
      this.#controller = controller;
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: AnswerHead['headers'],
  ): void {
    if (status >= 200) this.#head.resolve({ status, headers });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#queued += chunk.length;
    if (this.#queued > longestQueue) controller.pause();
    this.#wake();
  }

  onResponseEnd(): void {
    this.#end();
    this.#wake();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error);
  }

  #end(): void {
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
  }

  #taken(): Buffer[] {
    const taken = this.#chunks;
    this.#chunks = [];
    this.#queued = 0;
    if (this.#controller?.paused) this.#controller.resume();
    return taken;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #fail(cause: Error): void {
    if (this.#failure || this.#ended) return;
    this.#failure = new NoAnswer(cause, this.#controller !== undefined);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#head.reject(this.#failure);
    this.#onEnd(this.#failure);
    this.#wake();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Several failed addresses come as one error without a message. */
function describe(error: Error & { readonly code?: string }): string {
  return error.message || error.code || error.name;
}
