import type { AccountStanding } from '../../decide/input.ts';
import type { CloudAccount } from '../../ports/cloud.ts';

/** What the cloud holds against the account, for the conditions of its bots; undefined while that is nothing. */
export function standingOf(account: CloudAccount | undefined): AccountStanding | undefined {
  if (!account || account.status === 'active') return undefined;
  const said = account.statusMessage === '' ? '' : `, and says: ${account.statusMessage}`;
  return account.status === 'locked'
    ? {
        reason: 'AccountLocked',
        message: `DigitalOcean has locked the account${said}. Nothing is created; droplets that exist live on. Its support unlocks the account`,
      }
    : {
        reason: 'AccountWarning',
        message: `DigitalOcean warns of the account${said}. Everything goes on; see to it before the account is locked`,
      };
}
