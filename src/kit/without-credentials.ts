const connectionString = /(mongodb(?:\+srv)?:\/\/)(\S*)/gi;

/** The text with `***` for the user in each connection string in it, and without the options, which may hold passwords. */
export function withoutCredentials(text: string): string {
  return text.replace(connectionString, (_, scheme: string, rest: string) => scheme + harmless(rest));
}

function harmless(rest: string): string {
  const [user, options] = [rest.lastIndexOf('@'), rest.indexOf('?')];
  // Whether it is a password with a `?` or an option with an `@`, nobody knows.
  if (options >= 0 && options < user) return '***';
  const place = options < 0 ? rest.slice(user + 1) : rest.slice(user + 1, options);
  return user < 0 ? place : `***@${place}`;
}
