import type { FleetState, OldState } from '../../model/fleet-state.ts';

/** For people. */
export function oldStateMessage({ droplets, since }: OldState): string {
  const counted = droplets === 1 ? '1 droplet is' : `${droplets} droplets are`;
  return (
    `${counted} newer than this state knew at ${since}: it was restored, or copied. Droplets are taken over, but ` +
    'nothing is destroyed for what the state says until you run `clawfleet fleet accept-state`'
  );
}

/**
 * Whether the state is older than the fleet. Known at once when the droplets show it, then stored, so that a restart does not
 * forget it: the records of what was taken over have caught up by then.
 */
export class StateAge {
  #found: OldState | undefined;
  #isStored = false;

  get found(): OldState | undefined {
    return this.#found;
  }

  get isUnsaved(): boolean {
    return this.#found !== undefined && !this.#isStored;
  }

  /** So many droplets are newer than their records; `now` is ISO 8601. True when that is news. */
  find(droplets: number, now: string): boolean {
    if (this.#found && this.#found.droplets >= droplets) return false;
    this.#found = { since: this.#found?.since ?? now, droplets };
    this.#isStored = false;
    return true;
  }

  /** Takes up the stored record. True when a person has accepted the state. */
  restore({ oldState }: FleetState): boolean {
    const isAccepted = this.#isStored && !oldState;
    if (isAccepted) this.#found = undefined;
    this.#found ??= oldState;
    this.#isStored = oldState !== undefined;
    return isAccepted;
  }

  /** What is to be stored beside the rest of `state`: nothing where a person has accepted it meanwhile. */
  of({ oldState }: FleetState): Pick<FleetState, 'oldState'> {
    if (this.#isStored && !oldState) return {};
    return this.#found ? { oldState: this.#found } : {};
  }
}
