/** Chance as a port: ids, tokens and jitter come from here, so that a seeded run repeats exactly. */
export interface Chance {
  /** A number in [0, 1). */
  random(): number;
  /** A version 4 UUID, lower case. */
  uuid(): string;
  /** `length` bytes; from a cryptographic source in production. */
  bytes(length: number): Uint8Array;
}
