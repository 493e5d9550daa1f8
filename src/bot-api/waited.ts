import type { ConfigAnswer, Waiting } from './bot-api.ts';

/** The answer, however long it takes. If the call waits, `ends` receives the function that ends the wait. */
export function waited<T extends object>(
  answer: T | Waiting,
  ends: (end: () => void) => void,
): Promise<T | ConfigAnswer> {
  if (!isWaiting(answer)) return Promise.resolve(answer);
  return new Promise((resolve, reject) => {
    const begun = answer.begin({ answered: resolve, failed: reject });
    ends(() => begun.end());
  });
}

export function isWaiting(answer: object): answer is Waiting {
  return 'kind' in answer && answer.kind === 'waiting';
}
