/** The class of an HTTP answer's status. */
export type AnswerClass = '1xx' | '2xx' | '3xx' | '4xx' | '5xx';

/** What calls count as: the operations of the API, `waitForConfig` for a `getConfig` that may wait, `other` for the rest. */
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

/** Told of every request to the bot API that was answered. */
export interface BotCallObserver {
  /**
   * `route`: the operation's name in the API's description, `waitForConfig` for a `getConfig` that may wait, or `other`
   * for what is no call of the API; `seconds` from the request's headers to the end of the answer.
   */
  botCall(route: string, answer: AnswerClass, seconds: number): void;
}
