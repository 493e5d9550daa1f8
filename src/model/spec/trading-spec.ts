import { filledWithDefaults } from '../schema/schema-node.ts';
import { type Static, Type } from '../schema/schema-words.ts';

const level = (fallback: string | undefined, description: string) =>
  Type.Optional(
    Type.Enum(
      ['low', 'medium', 'high'],
      fallback === undefined ? { description } : { default: fallback, description },
    ),
  );

/**
 * Signal knobs; undeclared ones of a `quant_lite` bot are true, true, medium, true, and off for the others.
 */
const signalsSchema = Type.Object(
  {
    volumeConfirmation: Type.Optional(Type.Boolean({ description: 'Trade only on confirmed volume.' })),
    volatilityBrake: Type.Optional(Type.Boolean({ description: 'Hold back when prices swing.' })),
    liquidityFilterStrictness: level(undefined, 'How thin a market may be.'),
    correlationBrake: Type.Optional(Type.Boolean({ description: 'Hold back on correlated positions.' })),
  },
  {
    additionalProperties: false,
    description: 'Signal knobs. For quant_lite undeclared ones are true, true, medium, true.',
  },
);

/** What the bot trades and how. A change never touches the droplet. */
export const tradingSchema = Type.Object(
  {
    assetFocus: Type.Optional(
      Type.Enum(['majors', 'memes', 'custom'], { default: 'majors', description: 'What is traded.' }),
    ),
    assets: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 32 }), {
        minItems: 1,
        maxItems: 100,
        description: 'The assets, exactly when assetFocus is custom.',
      }),
    ),
    algorithm: Type.Optional(
      Type.Enum(['trend', 'mean_reversion', 'breakout'], {
        default: 'trend',
        description: 'Trading algorithm.',
      }),
    ),
    strictness: level('medium', 'How sure a signal must be.'),
    paperMode: Type.Optional(Type.Boolean({ default: true, description: 'Trade on paper only.' })),
    signals: Type.Optional(signalsSchema),
  },
  {
    additionalProperties: false,
    default: {},
    description: 'Trading. A change is a new config version, never a new droplet.',
  },
);

const percent = (fallback: number, description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 100, default: fallback, description }));

/** Limits the bot keeps to. A change never touches the droplet. */
export const riskSchema = Type.Object(
  {
    maxPositionSizePercent: percent(10, 'Largest position, in % of the portfolio.'),
    maxDailyLossPercent: percent(5, 'Loss in a day after which trading stops, in %.'),
    maxDrawdownPercent: percent(15, 'Loss from the peak after which trading stops, in %.'),
    maxTradesPerDay: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000_000, default: 20, description: 'Most trades in a day.' }),
    ),
  },
  { additionalProperties: false, default: {}, description: 'Risk limits. A change is a new config version.' },
);

type TradingSpec = Static<typeof tradingSchema>;
type RiskSpec = Static<typeof riskSchema>;

type Signals = NonNullable<TradingSpec['signals']>;

/** A trading declaration with every default filled in; a signal knob that is absent is off. */
export type EffectiveTrading = Required<Omit<TradingSpec, 'assets' | 'signals'>> &
  Pick<TradingSpec, 'assets'> & { readonly signals: Signals };

export type EffectiveRisk = Required<RiskSpec>;

/** The part of a bot's spec that says how it trades. */
interface Trader {
  readonly persona?: string;
  readonly trading?: TradingSpec;
  readonly risk?: RiskSpec;
}

/** What `quant_lite` bots are given unless declared otherwise. */
const quantLiteSignals: Required<Signals> = {
  volumeConfirmation: true,
  volatilityBrake: true,
  liquidityFilterStrictness: 'medium',
  correlationBrake: true,
};

/** How the bot trades, every default filled in. */
export function effectiveTrading({ persona, trading = {} }: Trader): EffectiveTrading {
  const filled = filledWithDefaults(tradingSchema, trading) as EffectiveTrading;
  const given = persona === 'quant_lite' ? quantLiteSignals : {};
  return { ...filled, signals: { ...given, ...trading.signals } };
}

/** The limits the bot keeps to, every default filled in. */
export function effectiveRisk({ risk = {} }: Trader): EffectiveRisk {
  return filledWithDefaults(riskSchema, risk) as EffectiveRisk;
}
