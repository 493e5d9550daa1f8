import type { Remediation } from '../../decide/effect.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { BotStatus } from '../../model/spec/bot-status.ts';
import { conditionOf } from '../../model/spec/condition.ts';
import { accountKeyOf } from '../quota/quota-tracker.ts';

interface UnderWay {
  readonly account: ResourceKey | undefined;
  readonly isReplacement: boolean;
}

/** The share of the fleet that is remedied at once, as with lost droplets. */
const share = 0.05;
/** A remediation gives up its slot when its bot is not heard within this time. */
const patienceMs = 1_800_000;

/** Remediations of silent bots under way, so that not all are tried at once. HARD-CASES.md#remedies. */
export class RemediationSlots {
  readonly #underWay = new Map<ResourceKey, UnderWay>();
  readonly #fleetSize: () => number;

  constructor(fleetSize: () => number) {
    this.#fleetSize = fleetSize;
  }

  /** Why the bot may not be remedied now; undefined: its slot is taken. Asking again is harmless. */
  hindrance(bot: BotRecord, remediation: Remediation): string | undefined {
    if (this.#underWay.has(bot.key)) return undefined;
    if (this.#underWay.size >= 1 + Math.floor(this.#fleetSize() * share))
      return `${this.#underWay.size} silent bots are being remedied, as many as may be at once`;
    const account = accountKeyOf(bot);
    const isReplacement = remediation === 'Replace';
    const isTaken = [...this.#underWay.values()].some(
      (other) => other.isReplacement && other.account === account,
    );
    if (isReplacement && isTaken) return 'another silent bot of the account is being replaced';
    this.#underWay.set(bot.key, { account, isReplacement });
    return undefined;
  }

  /** Restores a remediation that an earlier process began; `now` is epoch ms. */
  recall(bot: BotRecord, now: number): void {
    if (this.#underWay.has(bot.key) || !isUnderWay(bot.status, now)) return;
    this.#underWay.set(bot.key, { account: accountKeyOf(bot), isReplacement: isReplaced(bot) });
  }

  /** A pass over the bot has ended: frees a slot that the bot no longer needs, or did not use. */
  settle(bot: BotRecord, now: number): void {
    if (!isUnderWay(bot.status, now)) this.#underWay.delete(bot.key);
  }

  forget(key: ResourceKey): void {
    this.#underWay.delete(key);
  }
}

/** From the start of the remediation until the bot is heard again or the remediation is given up. */
function isUnderWay(status: BotStatus, now: number): boolean {
  const { remediations } = status;
  if (!remediations || now - Date.parse(remediations.lastAt) >= patienceMs) return false;
  return conditionOf(status, 'Healthy')?.status !== 'True';
}

function isReplaced({ spec }: BotRecord): boolean {
  return spec?.health?.remediation === 'Replace';
}
