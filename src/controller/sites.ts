import type { CloudSituation } from '../decide/input.ts';
import type { AccountRecord } from '../model/records.ts';
import type { ResourceKey } from '../model/resource-key.ts';
import type { Cloud, Clouds } from '../ports/cloud.ts';
import { faultOf } from '../ports/port-error.ts';
import type { Source } from '../ports/source.ts';
import type { CreateAdmission } from './admission.ts';
import { CloudSite, type SiteOptions } from './cloud-site.ts';

type Found = { readonly site: CloudSite } | { readonly blocked: NonNullable<CloudSituation['blocked']> };

interface Options extends Omit<SiteOptions, 'cloud' | 'admission'> {
  readonly admissionOf: (cloud: Cloud) => CreateAdmission;
}

/**
 * The sites by token: an account's own, or the controller's. A site begins to look as soon as somebody needs it, and
 * ends when no account has its token any more.
 */
export class Sites {
  readonly #source: Source;
  readonly #clouds: Clouds;
  readonly #options: Options;
  readonly #byCloud = new Map<Cloud, CloudSite>();
  /** Of accounts with a token of their own. */
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
    try {
      return this.#use(account.key, this.#open(await this.#source.secret(account.namespace, ref)));
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
      this.#use(account.key, undefined);
      const message = `Secret ${account.namespace}/${ref.name} has no key ${ref.key}, which account ${account.name} names for its token`;
      return { blocked: { reason: 'TokenSecretMissing', message, stalled: true } };
    }
  }

  /** The account or its token has changed, or it is gone: a token that nobody has any more is used no more. */
  async refresh(key: ResourceKey): Promise<void> {
    const account = this.#source.account(key);
    if (account) await this.of(account);
    else this.#use(key, undefined);
  }

  /** The site of the controller's own token. */
  own(): CloudSite {
    return this.#open(undefined);
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
  }

  #open(token: string | undefined): CloudSite {
    const cloud = this.#clouds.forToken(token);
    const known = this.#byCloud.get(cloud);
    if (known) return known;
    const { admissionOf, ...options } = this.#options;
    const site = new CloudSite({ ...options, cloud, admission: admissionOf(cloud) });
    this.#byCloud.set(cloud, site);
    site.start();
    return site;
  }
}
