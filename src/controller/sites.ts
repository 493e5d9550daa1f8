import type { CloudSituation } from '../decide/input.ts';
import type { AccountRecord } from '../model/records.ts';
import type { Clouds } from '../ports/cloud.ts';
import { faultOf } from '../ports/port-error.ts';
import type { Source } from '../ports/source.ts';
import { CloudSite, type SiteOptions } from './cloud-site.ts';

type Found = { readonly site: CloudSite } | { readonly blocked: NonNullable<CloudSituation['blocked']> };

/** The sites by token: an account's own, or the controller's. A site begins to look as soon as somebody needs it. */
export class Sites {
  readonly #source: Source;
  readonly #clouds: Clouds;
  readonly #options: Omit<SiteOptions, 'cloud'>;
  readonly #byCloud = new Map<unknown, CloudSite>();

  constructor(source: Source, clouds: Clouds, options: Omit<SiteOptions, 'cloud'>) {
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
    if (!account || !ref) return { site: this.own() };
    try {
      return { site: this.#open(await this.#source.secret(account.namespace, ref)) };
    } catch (error) {
      if (!faultOf(error, 'absent')) throw error;
      const message = `Secret ${account.namespace}/${ref.name} has no key ${ref.key}, which account ${account.name} names for its token`;
      return { blocked: { reason: 'TokenSecretMissing', message, stalled: true } };
    }
  }

  /** The site of the controller's own token. */
  own(): CloudSite {
    return this.#open(undefined);
  }

  stop(): void {
    for (const site of this.#byCloud.values()) site.stop();
  }

  #open(token: string | undefined): CloudSite {
    const cloud = this.#clouds.forToken(token);
    const known = this.#byCloud.get(cloud);
    if (known) return known;
    const site = new CloudSite({ ...this.#options, cloud });
    this.#byCloud.set(cloud, site);
    site.start();
    return site;
  }
}
