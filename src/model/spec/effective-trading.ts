import { filledWithDefaults } from '../schema/fill-defaults.ts';
import type { BotSpec } from './bot-spec.ts';
import { type RiskSpec, riskSchema, type TradingSpec, tradingSchema } from './trading-spec.ts';

export type Signals = NonNullable<TradingSpec['signals']>;

/** A trading declaration with every default filled in; a signal knob that is absent is off. */
export type EffectiveTrading = Required<Omit<TradingSpec, 'assets' | 'signals'>> &
  Pick<TradingSpec, 'assets'> & { readonly signals: Signals };

export type EffectiveRisk = Required<RiskSpec>;

/** What `quant_lite` bots are given unless declared otherwise. */
const quantLiteSignals: Required<Signals> = {
  volumeConfirmation: true,
  volatilityBrake: true,
  liquidityFilterStrictness: 'medium',
  correlationBrake: true,
};

/** How the bot trades, every default filled in. */
export function effectiveTrading({ persona, trading = {} }: BotSpec): EffectiveTrading {
  const filled = filledWithDefaults(tradingSchema, trading) as EffectiveTrading;
  const given = persona === 'quant_lite' ? quantLiteSignals : {};
  return { ...filled, signals: { ...given, ...trading.signals } };
}

/** The limits the bot keeps to, every default filled in. */
export function effectiveRisk({ risk = {} }: BotSpec): EffectiveRisk {
  return filledWithDefaults(riskSchema, risk) as EffectiveRisk;
}
