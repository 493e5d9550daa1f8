import { usageError } from './user-error.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const addressPattern = /^(?:(\[[0-9a-fA-F:.]+\]|[^\s:]*):)?(\d{1,5})$/;

/** `HOST:PORT`, `[::1]:PORT` or `PORT`; undefined for `off`. An empty host (`:9464`) is every interface. */
export function parseListen(text: string, flag = '--listen'): ListenAddress | undefined {
  if (text === 'off') return undefined;
  const match = addressPattern.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) {
    throw usageError(
      `${flag} must be HOST:PORT or off, got ${JSON.stringify(text)}.`,
      `For example ${flag} 127.0.0.1:9464, or :9464 for every interface.`,
    );
  }
  const host = match[1]?.replace(/^\[|\]$/g, '');
  return { host: host === undefined ? '127.0.0.1' : host || '::', port };
}
