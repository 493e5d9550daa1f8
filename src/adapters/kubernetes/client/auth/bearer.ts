import type { Clock } from '../../../../ports/clock.ts';
import type { ExecCredential } from './exec-plugin.ts';

/** A token, or a certificate, and until when it is good. */
export interface Bearer {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Epoch ms; undefined: nobody knows. */
  readonly expiresAt?: number;
}

/** Where bearers come from. `force`: the last one was refused, whatever it says of its own life. */
export type BearerSource = (force: boolean) => Promise<Bearer>;

/** So long before its end a bearer counts as expired: requests take time. */
const marginMs = 5_000;

/** The bearer that a plugin gives, until it expires or is refused. */
export function execBearer(clock: Clock, run: () => Promise<ExecCredential>): BearerSource {
  let last: Bearer | undefined;
  return async (force) => {
    const isGood = last && (last.expiresAt === undefined || last.expiresAt - marginMs > clock.now());
    if (force || !isGood) last = bearerOf(await run());
    return last ?? {};
  };
}

function bearerOf(credential: ExecCredential): Bearer {
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = credential;
  const expiresAt = Date.parse(expirationTimestamp ?? '');
  return {
    ...(token !== undefined && { token }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(Number.isFinite(expiresAt) && { expiresAt }),
  };
}
