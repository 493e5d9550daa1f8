import type { CloudSituation } from '../../decide/input.ts';
import type { AccountRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { Cloud, Clouds } from '../../ports/cloud.ts';
import { faultOf } from '../../ports/port-error.ts';
import type { Source } from '../../ports/source.ts';
import type { CreateAdmission } from '../quota/admission.ts';
import { CloudSite, type SiteOptions } from './cloud-site.ts';

type Blocked = NonNullable<CloudSituation['blocked']>;
/** The site of an account, or why it has none. */
export type Found = { readonly site: CloudSite } | { readonly blocked: Blocked };

interface Options extends Omit<SiteOptions, 'cloud' | 'admission' | 'remedy'> {
  readonly admissionOf: (cloud: Cloud) => CreateAdmission;
}

/**
 * The sites by token: an account's own, or the controller's. A site starts as soon as something needs it, and is retired
 * once no account has its token.
 */
export class Sites {
  readonly #source: Source;
  readonly #clouds: Clouds;
  readonly #options: Options;
  readonly #byCloud = new Map<Cloud, CloudSite>();
  /** Sites by account, for accounts with their own token. */
  readonly #byAccount = new Map<ResourceKey, CloudSite>();

  constructor(source: Source, clouds: Clouds, options: Options) {
    this.#source = source;
    this.#clouds = clouds;
    this.#options = options;
  }

  all(): CloudSite[] {
    return [...this.#byCloud.values()];
  }

  /** The site of the account's own token, or why there is none. */
  async of(account: AccountRecord | undefined): Promise<Found> {
    const ref = account?.spec?.tokenSecretRef;
    if (!account) return { site: this.own() };
    if (!ref) return this.#use(account.key, undefined);
    const secret = `Secret ${account.namespace}/${ref.name}`;
    try {
      const token = await this.#source.secret(account.namespace, ref);
      const site = this.#open(token, `Put a valid token into key ${ref.key} of ${secret}`);
      return this.#use(account.key, site);
    } catch (error) {
      const blocked = withoutToken(error, `${secret} has no key ${ref.key}`, account.name);
      this.#use(account.key, undefined);
      return { blocked };
    }
  }

  /** The account or its token has changed, or is gone: a token that no account has is not used again. */
  async refresh(key: ResourceKey): Promise<void> {
    const account = this.#source.account(key);
    if (account) await this.of(account);
    else this.#use(key, undefined);
  }

  /** The site of the controller's own token. */
  own(): CloudSite {
    return this.#open(undefined, 'Set a valid DIGITALOCEAN_ACCESS_TOKEN');
  }

  stop(): void {
    for (const site of this.#byCloud.values()) site.stop();
  }

  /** Notes which token the account has: one of its own, or the controller's. */
  #use(account: ResourceKey, site: CloudSite | undefined): { readonly site: CloudSite } {
    const before = this.#byAccount.get(account);
    if (site) this.#byAccount.set(account, site);
    else this.#byAccount.delete(account);
    if (before && before !== site) this.#retireUnused(before);
    return { site: site ?? this.own() };
  }

  #retireUnused(site: CloudSite): void {
    if (site === this.own() || [...this.#byAccount.values()].includes(site)) return;
    this.#byCloud.delete(site.cloud);
    site.retire();
    this.#clouds.release(site.cloud);
  }

  #open(token: string | undefined, remedy: string): CloudSite {
    const cloud = this.#clouds.forToken(token);
    const known = this.#byCloud.get(cloud);
    if (known) return known;
    const { admissionOf, ...options } = this.#options;
    const site = new CloudSite({ ...options, cloud, admission: admissionOf(cloud), remedy });
    this.#byCloud.set(cloud, site);
    site.start();
    return site;
  }
}

/** Why an account's own token is unavailable, if that lasts until somebody acts; else throws `error`. */
function withoutToken(error: unknown, missing: string, account: string): Blocked {
  const fault = faultOf(error, 'absent', 'refused', 'unauthorised');
  if (!fault || !(error instanceof Error)) throw error;
  const [reason, what] =
    fault.kind === 'absent' ? ['TokenSecretMissing', missing] : ['TokenSecretInvalid', error.message];
  return { reason, message: `${what}, which account ${account} names for its token`, stalled: true };
}
