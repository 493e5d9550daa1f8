import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BotSpec } from '../../../src/model/spec/bot-spec.ts';
import { effectiveRisk, effectiveTrading } from '../../../src/model/spec/trading-spec.ts';

const defaults = { assetFocus: 'majors', algorithm: 'trend', strictness: 'medium', paperMode: true };

describe('effectiveTrading()', () => {
  it('fills in every default; signals are off', () => {
    assert.deepEqual(effectiveTrading({}), { ...defaults, signals: {} });
  });

  it('gives quant_lite bots their signals', () => {
    const { signals } = effectiveTrading({ persona: 'quant_lite' });
    assert.deepEqual(signals, {
      volumeConfirmation: true,
      volatilityBrake: true,
      liquidityFilterStrictness: 'medium',
      correlationBrake: true,
    });
  });

  it('lets declared signals win, whoever the bot plays', () => {
    const trading = { signals: { volatilityBrake: false } } as const;
    assert.equal(effectiveTrading({ persona: 'quant_lite', trading }).signals.volatilityBrake, false);
    assert.equal(effectiveTrading({ persona: 'quant_lite', trading }).signals.correlationBrake, true);
    assert.deepEqual(effectiveTrading({ persona: 'tweaker', trading }).signals, trading.signals);
  });

  it('keeps what is declared and leaves the declaration as it is', () => {
    const spec: BotSpec = {
      accountRef: { name: 'main' },
      trading: { assetFocus: 'custom', assets: ['BTC'], paperMode: false },
    };
    const before = structuredClone(spec);
    assert.deepEqual(effectiveTrading(spec), {
      ...defaults,
      assetFocus: 'custom',
      assets: ['BTC'],
      paperMode: false,
      signals: {},
    });
    assert.deepEqual(spec, before);
  });
});

describe('effectiveRisk()', () => {
  it('fills in every default', () => {
    assert.deepEqual(effectiveRisk({}), {
      maxPositionSizePercent: 10,
      maxDailyLossPercent: 5,
      maxDrawdownPercent: 15,
      maxTradesPerDay: 20,
    });
  });

  it('keeps what is declared, zero included', () => {
    const risk = Object.freeze({ maxTradesPerDay: 0 });
    assert.equal(effectiveRisk({ risk }).maxTradesPerDay, 0);
  });
});
