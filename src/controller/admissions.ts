import type { ResourceKey } from '../model/resource-key.ts';
import type { Clock } from '../ports/clock.ts';
import { CreateAdmission } from './admission.ts';
import type { CloudSite } from './cloud-site.ts';

interface Options {
  readonly clock: Clock;
  readonly maxConcurrentCreates: number;
  readonly fleetSize: () => number;
  readonly call: (key: ResourceKey) => void;
}

/** By drift, at most 1 + 5 % of the fleet is re-created at once (hard-cases.md, "Replacement"). */
const replacementShare = 0.05;

/** One admission for each cloud account: its creation places and its call budget. */
export class Admissions {
  readonly #options: Options;
  readonly #bySite = new Map<CloudSite, CreateAdmission>();

  constructor(options: Options) {
    this.#options = options;
  }

  of(site: CloudSite): CreateAdmission {
    const known = this.#bySite.get(site);
    if (known) return known;
    const { clock, maxConcurrentCreates, fleetSize, call } = this.#options;
    const maxReplacements = () => 1 + Math.floor(fleetSize() * replacementShare);
    const admission = new CreateAdmission({
      clock,
      budget: site.cloud.budget,
      maxConcurrentCreates,
      maxReplacements,
      call,
    });
    this.#bySite.set(site, admission);
    return admission;
  }

  /** Droplets now in creation, in all clouds. */
  get creating(): number {
    return [...this.#bySite.values()].reduce((sum, admission) => sum + admission.creating, 0);
  }
}
