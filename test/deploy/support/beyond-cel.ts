/** What is wrong with a bot that no schema and no CEL rule can know: the server takes it, a condition tells. */
export interface BeyondCel {
  readonly name: string;
  readonly spec: object;
  /** Whether a person is needed, or it only waits. */
  readonly condition: 'Stalled' | 'Reconciling';
  readonly reason: string;
  readonly message: RegExp;
}

const accountRef = { name: 'main' };
const uuid = '00000000-0000-4000-8000-000000000000';

/** Accounts of these names: `main` has room, `free` has no place, `poor` a dollar a month, `mute` no Secret. */
export const accounts: Readonly<Record<string, object>> = {
  main: { maxBots: 100 },
  free: { tier: 'free' },
  poor: { maxBots: 9, monthlyBudgetUSD: 1 },
  mute: { maxBots: 9, tokenSecretRef: { name: 'nowhere', key: 'token' } },
};

export const beyondCel: readonly BeyondCel[] = [
  {
    name: 'an account that does not exist',
    spec: { accountRef: { name: 'nobody' } },
    condition: 'Stalled',
    reason: 'AccountNotFound',
    message: /Account default\/nobody does not exist/,
  },
  {
    name: 'an account whose token’s Secret does not exist',
    spec: { accountRef: { name: 'mute' } },
    condition: 'Stalled',
    reason: 'TokenSecretMissing',
    message: /Secret default\/nowhere has no key token, which account mute names/,
  },
  {
    name: 'an account without a place',
    spec: { accountRef: { name: 'free' } },
    condition: 'Reconciling',
    reason: 'QuotaExceeded',
    message: /allows 0 bots \(tier free\)/,
  },
  {
    name: 'an account without the money',
    spec: { accountRef: { name: 'poor' } },
    condition: 'Reconciling',
    reason: 'BudgetExceeded',
    message: /costs \$12\.00 a month; the account’s budget leaves \$1\.00/,
  },
  {
    name: 'a region that DigitalOcean does not have',
    spec: { accountRef, droplet: { region: 'xyz9' } },
    condition: 'Stalled',
    reason: 'CreateRefused',
    message: /region "xyz9": valid for s-1vcpu-2gb: nyc1, /,
  },
  {
    name: 'a size that it does not have',
    spec: { accountRef, droplet: { size: 's-99vcpu-1gb' } },
    condition: 'Stalled',
    reason: 'CreateRefused',
    message: /size "s-99vcpu-1gb": valid in nyc3: s-1vcpu-1gb, /,
  },
  {
    name: 'an image that it does not have',
    spec: { accountRef, droplet: { image: 'plan9' } },
    condition: 'Stalled',
    reason: 'CreateRefused',
    message: /image "plan9" does not exist; distributions: debian-/,
  },
  {
    name: 'an SSH key that the cloud account does not have',
    spec: { accountRef, droplet: { sshKeys: ['1234567'] } },
    condition: 'Stalled',
    reason: 'CreateRefused',
    message: /1234567 are invalid key identifiers/,
  },
  {
    name: 'a project that the cloud account does not have',
    spec: { accountRef, droplet: { projectID: uuid } },
    condition: 'Stalled',
    reason: 'ChangeRefused',
    message: /assign was refused/,
  },
  {
    name: 'a droplet to adopt that does not exist',
    spec: { accountRef, adopt: { dropletID: 7 } },
    condition: 'Stalled',
    reason: 'AdoptionRefused',
    message: /there is no droplet 7/,
  },
];
