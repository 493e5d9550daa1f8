import type { BotRecord } from '../model/records.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Clouds } from '../ports/cloud.ts';
import type { Leadership } from '../ports/leadership.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { SecretBox } from '../ports/secret-box.ts';
import type { Source } from '../ports/source.ts';
import type { EngineSettings } from './settings.ts';

/** What a droplet's user-data is made of. */
export interface UserDataRequest {
  readonly bot: BotRecord;
  /** Single use, short-lived: the only secret in it. */
  readonly registrationToken: string;
  readonly controlPlaneURL: string | undefined;
}

/** Everything the engine is built over. */
export interface EngineParts {
  readonly source: Source;
  readonly clouds: Clouds;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: EngineSettings;
  readonly leadership: Leadership;
  /** Opens encrypted values; without one there is no key for any. */
  readonly secretBox?: SecretBox;
  /** Throws a RangeError when the text would exceed 64 KiB. */
  readonly userData: (request: UserDataRequest) => string;
}
