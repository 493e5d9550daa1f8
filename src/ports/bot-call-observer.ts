/** The class of an HTTP answer's status. */
export type AnswerClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx';

/**
 * The names that calls are counted under: the API's operations, `waitForConfig` for a
 * `getConfig` that may wait, and `other`.
 */
export const botCallNames = [
  'register',
  'getConfig',
  'waitForConfig',
  'acknowledgeConfig',
  'heartbeat',
  'health',
  'openAPI',
  'other',
] as const;

/** Notified of every request to the bot API that was answered. */
export interface BotCallObserver {
  /**
   * `route`: the operation's name in the API's description, `waitForConfig` for a `getConfig` that may wait,
   * or `other` for any other request; `seconds` run from the request's headers to the end of the answer.
   */
  botCall(route: string, answer: AnswerClass, seconds: number): void;
}
