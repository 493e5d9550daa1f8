/** How much is measured. */
export interface BotsSizes {
  readonly bots: number;
  readonly beatMs: number;
  /** An agent whose call failed tries again within so long. */
  readonly retryMs: number;
  /** Left alone before anything is measured. */
  readonly settleSeconds: number;
  readonly steadySeconds: number;
  /** From a failover until it is looked for bots that went stale: longer than a bot's timeout. */
  readonly failoverSeconds: number;
}
