import type { SimulatorRequest } from '../exchange.ts';
import type { SimulatorToken } from '../options.ts';
import { mainTeam } from '../world/teams.ts';
import { APIError, forbidden } from './api-error.ts';

const accountOwner = 'owner';

/** Who calls, and what they may do. */
export interface Caller {
  readonly token: string;
  readonly user: string;
  readonly team: string;
  may(scope: string): boolean;
  /** Throws 403 unless the caller has every scope. */
  require(...scopes: readonly string[]): void;
}

/** The tokens that the cloud knows. */
export class Tokens {
  readonly #callers: Map<string, Caller>;
  readonly #revoked = new Set<string>();
  /** Whether an unlisted token counts as one of the owner's. */
  readonly #open: boolean;

  /** Without a list any bearer token is accepted, with all scopes. */
  constructor(tokens: readonly SimulatorToken[] | undefined) {
    this.#open = tokens === undefined;
    this.#callers = new Map(tokens?.map((token) => [token.token, callerOf(token)]));
  }

  /** Adds the token, or changes its rights. */
  grant(token: SimulatorToken): void {
    this.#revoked.delete(token.token);
    this.#callers.set(token.token, callerOf(token));
  }

  /** Makes the token invalid from now on. */
  revoke(token: string): void {
    this.#callers.delete(token);
    this.#revoked.add(token);
  }

  /** Throws 401 unless a known bearer token was sent. */
  identify(headers: SimulatorRequest['headers']): Caller {
    const token = bearer(headers?.['authorization']);
    const known = token === undefined ? undefined : this.#callers.get(token);
    if (known) return known;
    if (token === undefined || !this.#open || this.#revoked.has(token)) throw unauthorized();
    return callerOf({ token });
  }
}

function unauthorized(): APIError {
  return new APIError(401, 'unauthorized', 'Unable to authenticate you.');
}

function bearer(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1];
}

function callerOf({ token, scopes, user = accountOwner, team = mainTeam }: SimulatorToken): Caller {
  const may = (scope: string) => scopes === undefined || scopes.includes(scope);
  return {
    ...{ token, user, team, may },
    require(...wanted) {
      if (!wanted.every(may)) throw forbidden();
    },
  };
}
