/** Fields of a bot, its status and its agent's reports that are hashes of tokens or encrypted. */
const secretFields = /sha256$|^encrypted$|^registrationToken$/i;
/** Anything shorter is none. */
const shortestSecret = 16;

/**
 * A copy of plain JSON whose secrets are taken out. Equal ones are replaced by equal words, wherever they stand: a decision
 * compares hashes and looks into none, so that what is left still decides the same.
 */
export function withoutSecrets<T>(value: T): T {
  const words = new Map<string, string>();
  const text = JSON.stringify(value, (field, part: unknown) => {
    if (isSecret(field, part) && !words.has(part)) words.set(part, `(secret ${words.size + 1})`);
    return part;
  });
  return JSON.parse(text, (_, part: unknown) =>
    typeof part === 'string' ? (words.get(part) ?? part) : part,
  ) as T;
}

function isSecret(field: string, part: unknown): part is string {
  return typeof part === 'string' && part.length >= shortestSecret && secretFields.test(field);
}
