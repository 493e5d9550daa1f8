import { hkdfSync } from 'node:crypto';
import type { FleetState } from '../model/fleet-state.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

export interface ReplicaKeyOptions {
  /** The fleet's record; undefined while there is none. */
  readonly readFleet: () => Promise<FleetState | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** How often it is looked while the key is not known; default 5 s. */
  readonly seekMs?: number;
}

/** A record that somebody deleted is created again, with another key. */
const knownMs = 30_000;
const defaultSeekMs = 5_000;

/** The key that replicas share, as the fleet's record has it; also for a replica that does not lead. */
export class ReplicaKeyWatch {
  readonly #options: ReplicaKeyOptions;
  #key: Uint8Array | undefined;
  #cancel: Cancel = () => undefined;
  #isOver = false;

  constructor(options: ReplicaKeyOptions) {
    this.#options = options;
    void this.#look();
  }

  get key(): Uint8Array | undefined {
    return this.#key;
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { clock, log, seekMs = defaultSeekMs } = this.#options;
    try {
      this.#key = (await this.#read()) ?? this.#key;
    } catch (error) {
      log.debug({ err: error }, 'the key that replicas share could not be read');
    }
    if (this.#isOver) return;
    this.#cancel = clock.schedule(this.#key ? knownMs : seekMs, () => void this.#look());
  }

  async #read(): Promise<Uint8Array | undefined> {
    const { configKey, fleetID = '' } = (await this.#options.readFleet()) ?? {};
    return configKey === undefined ? undefined : replicaKey(Buffer.from(configKey, 'base64'), fleetID);
  }
}

/**
 * By this key the replicas of a controller know each other. It follows from the fleet's record: who can read that one
 * could speak as a replica, whose calls need a bot's own token all the same.
 */
function replicaKey(seed: Uint8Array, fleetID: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', seed, fleetID, 'clawfleet replicas', 32));
}
