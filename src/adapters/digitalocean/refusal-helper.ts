import type { Budget } from '../../ports/budget.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Catalogue } from '../../ports/cloud.ts';
import { faultOf, PortError } from '../../ports/port-error.ts';
import type { CatalogueCache } from './catalogue-cache.ts';
import { blamesChoice, type Choice, validValues } from './valid-values.ts';

/** A refusal is told without help rather than later than this. */
const LONGEST_WAIT_MS = 5000;

/** Adds the valid values to refusals of a size, region or image. */
export class RefusalHelper {
  readonly #catalogue: CatalogueCache;
  readonly #budget: Budget;
  readonly #clock: Clock;

  constructor(catalogue: CatalogueCache, budget: Budget, clock: Clock) {
    this.#catalogue = catalogue;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** The error with the valid values in it when it is such a refusal and the catalogue is to be had; else as it is. */
  async explain(error: unknown, choice: Choice): Promise<unknown> {
    const fault = faultOf(error, 'refused');
    if (!(error instanceof PortError) || fault?.kind !== 'refused' || fault.httpStatus !== 422) return error;
    if (!blamesChoice(fault.reason)) return error;
    const catalogue = await this.#catalogueAtHand();
    const values = catalogue && validValues(fault.reason, choice, catalogue);
    if (values === undefined) return error;
    return new PortError(
      { ...fault, reason: `${fault.reason} (${values})` },
      `${error.message} (${values})`,
      {
        cause: error,
      },
    );
  }

  async #catalogueAtHand(): Promise<Catalogue | undefined> {
    if (!this.#catalogue.isFresh && this.#budget.nextAt('background') > this.#clock.now()) return undefined;
    const giveUp = new AbortController();
    const cancel = this.#clock.schedule(LONGEST_WAIT_MS, () => giveUp.abort());
    try {
      return await this.#catalogue.get({ class: 'background', signal: giveUp.signal });
    } catch (error) {
      if (faultOf(error) === undefined) throw error;
      // The refusal is what matters; without a catalogue it is told as the API put it.
      return undefined;
    } finally {
      cancel();
    }
  }
}
