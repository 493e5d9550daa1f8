/** Of a lease, as in client-go. Milliseconds. */
export const leaseTiming = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000 } as const;

/** A call that changes the cloud has ended by then. */
export const cloudCallMs = 30_000;

/** A create in doubt is looked for longer than this: the leader before may have sent it with its last breath. */
export const leastSettlingMs = leaseTiming.leaseMs + cloudCallMs;
