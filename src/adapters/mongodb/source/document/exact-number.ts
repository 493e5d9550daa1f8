/**
 * The number that a decimal text such as `5.50` or `1E+3` says; undefined where a double would change it: too many
 * digits, a whole number beyond 2^53 - 1, infinite or no number at all.
 */
export function exactNumber(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER) return undefined;
  return digitsOf(text) === digitsOf(String(number)) ? number : undefined;
}

/** One form for each decimal: its significant digits and the power of ten that they begin with. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim()) ?? [];
  const digits = `${whole}${fraction}`;
  const first = digits.search(/[1-9]/);
  if (first < 0) return '0';
  const power = Number(exponent) + whole.length - first;
  return `${sign === '-' ? '-' : ''}${digits.slice(first).replace(/0+$/, '')}e${power}`;
}
