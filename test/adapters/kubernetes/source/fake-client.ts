import type {
  KubeAPI,
  KubeMethod,
  RequestOptions,
} from '../../../../src/adapters/kubernetes/client/kube-api.ts';
import { KubeError } from '../../../../src/adapters/kubernetes/client/kube-error.ts';
import type { Fault } from '../../../../src/ports/port-error.ts';

export interface Sent {
  readonly method: KubeMethod;
  readonly path: string;
  readonly options: RequestOptions;
}

/** A client whose answers the test gives, in the order in which they are asked for. */
export class FakeClient implements KubeAPI {
  readonly host = 'fake:443';
  readonly sent: Sent[] = [];
  readonly #answers: ((sent: Sent) => unknown)[] = [];

  /** What the next call resolves to, or throws. */
  answer(...answers: ((sent: Sent) => unknown)[]): void {
    this.#answers.push(...answers);
  }

  get methods(): KubeMethod[] {
    return this.sent.map(({ method }) => method);
  }

  async request<T>(method: KubeMethod, path: string, options: RequestOptions = {}): Promise<T> {
    const sent = { method, path, options };
    this.sent.push(sent);
    const answer = this.#answers.shift();
    if (!answer) throw new Error(`nobody expected ${method} ${path}`);
    return (await answer(sent)) as T;
  }

  // biome-ignore lint/correctness/useYield: nothing is ever told
  async *watch(): AsyncGenerator<never> {
    throw new Error('a fake has no watch');
  }

  async close(): Promise<void> {}
}

export function failing(fault: Fault): () => never {
  return () => {
    throw new KubeError(fault, `failed: ${fault.kind}`, { httpStatus: 0 });
  };
}
