import { StringDecoder } from 'node:string_decoder';
import type { Dispatcher } from 'undici';
import { TransportError, type TransportResponse } from './transport.ts';

/** Far above a page of 200 droplets (about 1 MB); a longer answer is a fault of the other side. */
const maxBodyBytes = 64 * 1024 * 1024;

type Headers = Record<string, string | string[] | undefined>;

/**
 * One request on an undici dispatcher. undici calls `onRequestStart` just before it writes the first byte: a
 * request that fails earlier was certainly not sent.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #response: PromiseWithResolvers<TransportResponse>;
  readonly #signal: AbortSignal;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  /**
   * Decodes bytes as they arrive: kept until the end, those of a long listing would outlive it by minutes.
   */
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #bytes = 0;
  readonly #onAbort = () => this.#abort(asError(this.#signal.reason));

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    this.#response = Promise.withResolvers();
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get response(): Promise<TransportResponse> {
    return this.#response.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) {
      controller.abort(asError(this.#signal.reason));
    } else if (this.#controller !== undefined) {
      // Never let undici send the request a second time on another connection.
      controller.abort(new Error('the connection was lost'));
    } else {
      this.#controller = controller;
    }
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.#headers[name] = typeof value === 'string' ? value : value.join(', ');
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#text += this.#decoder.write(chunk);
    if (this.#bytes > maxBodyBytes) controller.abort(new Error(`the answer is over ${maxBodyBytes} bytes`));
  }

  onResponseEnd(): void {
    this.#end();
    this.#response.resolve({
      status: this.#status,
      headers: this.#headers,
      body: this.#text + this.#decoder.end(),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(error);
  }

  #abort(reason: Error): void {
    this.#fail(reason);
    this.#controller?.abort(reason);
  }

  #fail(cause: Error): void {
    this.#end();
    this.#response.reject(new TransportError(describe(cause), this.#controller !== undefined, { cause }));
  }

  #end(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** The failure of several addresses is one error without a message. */
function describe(error: Error & { readonly code?: string }): string {
  return error.message || error.code || error.name;
}
