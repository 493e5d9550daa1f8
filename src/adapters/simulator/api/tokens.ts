import type { SimulatorRequest } from '../exchange.ts';
import type { SimulatorToken } from '../options.ts';
import { ApiError, forbidden } from './api-error.ts';

/** Who asks, and what they may do. */
export interface Caller {
  readonly token: string;
  may(scope: string): boolean;
  /** Throws 403 unless every scope is held. */
  require(...scopes: readonly string[]): void;
}

/** The tokens that the account knows. */
export class Tokens {
  readonly #callers: ReadonlyMap<string, Caller> | undefined;

  /** Without a list any bearer token is accepted, with all scopes. */
  constructor(tokens: readonly SimulatorToken[] | undefined) {
    this.#callers = tokens && new Map(tokens.map(({ token, scopes }) => [token, caller(token, scopes)]));
  }

  /** Throws 401 when no known bearer token was sent. */
  identify(headers: SimulatorRequest['headers']): Caller {
    const token = bearer(headers?.['authorization']);
    if (token === undefined) throw unauthorized();
    if (this.#callers === undefined) return caller(token, undefined);
    const known = this.#callers.get(token);
    if (known === undefined) throw unauthorized();
    return known;
  }
}

function unauthorized(): ApiError {
  return new ApiError(401, 'unauthorized', 'Unable to authenticate you.');
}

function bearer(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1];
}

function caller(token: string, scopes: readonly string[] | undefined): Caller {
  const may = (scope: string) => scopes === undefined || scopes.includes(scope);
  return {
    token,
    may,
    require(...wanted) {
      if (!wanted.every(may)) throw forbidden();
    },
  };
}
