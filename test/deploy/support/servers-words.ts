/** What the API server says of a field that the schema does not know. */
export const undeclared = /field not declared in schema/;

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const translations: readonly (readonly [RegExp, (parts: readonly string[]) => string])[] = [
  [/^is an unknown field/, () => undeclared.source],
  [/^must be a (string|list|mapping|number)/, () => 'expected (string|list|map|numeric)|must be of type'],
  [/^must be a whole number/, () => 'must be of type integer'],
  [
    /^must be one of (.*)$/,
    ([values = '']) => `supported values: "${values.split(', ').join('", "')}"|expected string`,
  ],
  [/^must match (.*)$/, ([pattern = '']) => `should match '${literal(pattern)}'`],
  [/^is required$/, () => 'Required value'],
  [/^must not be empty/, () => 'at least 1 chars'],
  [
    /^must be at least (\S+)(?: and at most (\S+))?$/,
    ([least, most]) => `greater than or equal to ${least}|less than or equal to ${most}`,
  ],
  [
    /^must have (?:at least (\d+) and )?at most (\d+) (?:characters|entries)$/,
    ([least, most]) => `at least ${least}|(not be more than|at most) ${most} `,
  ],
];

/** A rule as our own validation words it: those of the schema have words of their own at the API server, those in CEL bring ours. */
export function inServersWords(rule: string): RegExp {
  for (const [pattern, words] of translations) {
    const found = pattern.exec(rule);
    if (found) return new RegExp(words(found.slice(1)));
  }
  return new RegExp(literal(rule));
}
