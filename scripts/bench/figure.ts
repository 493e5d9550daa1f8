/** One thing measured. */
export interface Figure {
  /** `bench.figure`, such as `create.seconds`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value must be this at most; null where it is only told. */
  readonly aim: number | null;
  /** Null where there is no aim. */
  readonly met: boolean | null;
  /** What exactly was measured. */
  readonly what: string;
}

/** A figure that must be `aim` at most. */
export function aimed(name: string, value: number, unit: string, aim: number, what: string): Figure {
  return { name, value, unit, aim, met: value <= aim, what };
}

/** A figure that is only told. */
export function told(name: string, value: number, unit: string, what: string): Figure {
  return { name, value, unit, aim: null, met: null, what };
}
