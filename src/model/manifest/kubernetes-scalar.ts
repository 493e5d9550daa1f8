/** What a plain scalar of YAML can be: text, a boolean, null, an integer (exact), or another number. */
export type ScalarValue = string | boolean | null | bigint | number;

const words: ReadonlyMap<string, boolean | null | number> = new Map<string, boolean | null | number>([
  ...inEveryCase(['y', 'yes', 'true', 'on'], true),
  ...inEveryCase(['n', 'no', 'false', 'off'], false),
  ...inEveryCase(['null'], null),
  ['', null],
  ['~', null],
  ...['.inf', '.Inf', '.INF'].flatMap((word): [string, number][] => [
    [word, Number.POSITIVE_INFINITY],
    [`+${word}`, Number.POSITIVE_INFINITY],
    [`-${word}`, Number.NEGATIVE_INFINITY],
  ]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, number] => [word, Number.NaN]),
]);

/** Go's `strconv.ParseInt` with base 0. */
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]*)|([1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const leastInt64 = -(2n ** 63n);
const mostInt64 = 2n ** 63n - 1n;
const mostUint64 = 2n ** 64n - 1n;

/**
 * What the plain scalar `text` means to kubectl and every other tool of Kubernetes. They read YAML by go-yaml
 * 2 (`resolve` in its resolve.go), which is neither YAML 1.1 nor 1.2: `yes` is true and `010` is 8, yet
 * `1:30` and dates are text.
 */
export function kubernetesScalar(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (/^\./.test(text)) return float.test(text) ? finite(text) : text;
  if (!/^[-+0-9]/.test(text)) return text;
  const plain = text.replaceAll('_', '');
  return wholeNumber(plain) ?? (float.test(plain) ? finite(plain, text) : text);
}

/** Undefined if it is not an integer, or too large for 64 bits. */
function wholeNumber(plain: string): bigint | undefined {
  const parts = integer.exec(plain);
  if (!parts) return undefined;
  const [, sign, hexadecimal, octal, binary, oldOctal, decimal] = parts;
  const digits =
    hexadecimal !== undefined
      ? `0x${hexadecimal}`
      : binary !== undefined
        ? `0b${binary}`
        : (decimal ?? `0o${octal ?? (oldOctal || '0')}`);
  const value = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return value >= leastInt64 && value <= (sign === '' ? mostUint64 : mostInt64) ? value : undefined;
}

/** A number too large for a float is text to Go. */
function finite(plain: string, text = plain): number | string {
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

function inEveryCase<T>(names: readonly string[], value: T): [string, T][] {
  return names.flatMap((name): [string, T][] => {
    const capital = name.charAt(0).toUpperCase() + name.slice(1);
    return [...new Set([name, capital, name.toUpperCase()])].map((word) => [word, value]);
  });
}
