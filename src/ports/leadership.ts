/** Whether this process leads: only the leader writes. */
export interface Leadership {
  /**
   * Milliseconds for which the lease is still certainly held, by monotonic and
   * by wall clock; 0 if it is not.
   */
  msLeft(): number;
}

/** The leadership where the source admits one controller anyway, such as a locked state file. */
export const soleLeader: Leadership = { msLeft: () => Number.POSITIVE_INFINITY };
