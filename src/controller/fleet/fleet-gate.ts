import type { CloudSituation, Input } from '../../decide/input.ts';
import { commonTag, fleetOfTags } from '../../model/identity.ts';
import type { CloudIdentity } from '../../ports/cloud.ts';
import type { Source } from '../../ports/source.ts';
import type { CloudSite } from '../cloud/cloud-site.ts';
import { provenDroplets } from '../cloud/listing.ts';
import type { EngineSettings } from '../settings.ts';

/**
 * Whether this fleet may act at all: the state must belong to the source, and an empty state beside the droplets of
 * an unknown fleet creates nothing until someone says whose they are. HARD-CASES.md#whose-fleet.
 */
export class FleetGate {
  readonly #source: Source;
  readonly #settings: EngineSettings;
  readonly #strangers = new Set<string>();
  readonly #checked = new WeakSet<CloudSite>();

  constructor(source: Source, settings: EngineSettings) {
    this.#source = source;
    this.#settings = settings;
  }

  /** Why nothing at all may be done; undefined when the state belongs to the source. */
  mismatch(): CloudSituation['blocked'] {
    const { state, boundNow } = this.#source.fleet();
    if (state.boundTo === boundNow) return undefined;
    const message =
      `The state belongs to ${state.boundTo}, the source is ${boundNow}; ` +
      'nothing is done until `clawfleet fleet take-over` binds fleet and source together';
    return { reason: 'FleetMismatch', message, stalled: true };
  }

  /** Why nothing may be done with the controller's own token; undefined when it leads to the cloud bound to. */
  otherCloud(own: CloudIdentity | undefined): CloudSituation['blocked'] {
    const { cloud } = this.#source.fleet().state;
    if (!cloud || !own || (cloud.apiURL === own.apiURL && cloud.accountUUID === own.accountUUID))
      return undefined;
    const message =
      `The fleet belongs to account ${cloud.accountUUID} at ${cloud.apiURL}, the token to ${own.accountUUID} at ${own.apiURL}; ` +
      'set the token of the former, or bind the fleet to the latter by `clawfleet fleet take-over`';
    return { reason: 'CloudAccountChanged', message, stalled: true };
  }

  /** Why no droplet may be created; undefined when one may. */
  createsForbidden(): Input['createsForbidden'] {
    if (this.#settings.createsForbidden !== undefined) {
      return { reason: 'NoControlPlaneURL', message: this.#settings.createsForbidden };
    }
    const { failure } = this.#source.health();
    if (failure !== undefined) return { reason: 'SourceFailing', message: failure };
    return this.#strangers.size > 0 ? this.#stateSeemsLost() : undefined;
  }

  /** Looks once at the droplets of every fleet, when this fleet has none on record yet. */
  async check(site: CloudSite): Promise<void> {
    if (this.#checked.has(site) || !this.#isEmpty()) return;
    const listing = await site.cloud.listByTag(commonTag, { class: 'transition', signal: site.signal });
    const droplets = provenDroplets(listing);
    this.#checked.add(site);
    const own = this.#source.fleet().state.fleetID;
    for (const { tags } of droplets) {
      const fleet = fleetOfTags(tags);
      if (fleet !== undefined && fleet !== own) this.#strangers.add(fleet);
    }
  }

  /** Someone has answered: the fleet's record has changed. */
  refresh(): void {
    const { acceptedNew, fleetID } = this.#source.fleet().state;
    this.#strangers.delete(fleetID);
    if (acceptedNew) this.#strangers.clear();
  }

  #isEmpty(): boolean {
    if (this.#source.fleet().state.acceptedNew) return false;
    for (const { status } of this.#source.bots()) if (status.droplet ?? status.createAttempt) return false;
    return true;
  }

  #stateSeemsLost(): NonNullable<Input['createsForbidden']> {
    const fleets = [...this.#strangers].sort();
    const message =
      `This state is empty, yet droplets of fleet ${fleets.join(', ')} exist. If they are this fleet's, run ` +
      `\`clawfleet fleet recover --fleet ${fleets[0]}\`; if they are somebody else's, \`clawfleet fleet init\``;
    return { reason: 'UnknownFleet', message };
  }
}
