import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Type from 'typebox';
import Value from 'typebox/value';
import { parse } from 'yaml';
import { type FaultRule, FaultRuleSchema } from '../adapters/simulator/faults/fault-rule.ts';
import type { SimulatorOptions } from '../adapters/simulator/options.ts';
import { type Settings, SettingsSchema } from '../adapters/simulator/settings.ts';
import { seededChance } from '../adapters/system/seeded-chance.ts';
import { systemChance } from '../adapters/system/system-chance.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { type CloudFlags, simulatedCloud } from '../config/cloud-config.ts';
import { parseCount } from '../config/number-flag.ts';
import { parseRateLimit } from '../config/rate-limit.ts';
import { usageError } from '../config/user-error.ts';
import { nearestName } from '../model/schema/nearest-name.ts';

export interface SimulateFlags extends CloudFlags {
  readonly rateLimit?: string;
  readonly state?: string;
  readonly journal?: string;
  readonly faults?: string;
  readonly set?: readonly string[];
  readonly seed?: string;
}

type Name = keyof Settings;
const names = Object.keys(SettingsSchema.properties) as Name[];

/** The flags of `simulate`, as options of the simulator. Throws a UserError when a flag or the file of faults is wrong. */
export function readSimulatorOptions(flags: SimulateFlags, cwd: string): SimulatorOptions {
  return {
    clock: systemClock,
    chance: flags.seed === undefined ? systemChance : seededChance(parseCount(flags.seed, '--seed', 0)),
    settings: { ...times(flags), ...limits(flags), ...settingsOf(flags.set ?? []) },
    ...(flags.faults === undefined ? {} : { faults: faultsOf(resolve(cwd, flags.faults)) }),
    ...(flags.state === undefined ? {} : { file: resolve(cwd, flags.state) }),
    ...(flags.journal === undefined ? {} : { journalFile: resolve(cwd, flags.journal) }),
  };
}

function times(flags: SimulateFlags): Partial<Settings> {
  const { bootMs, actionMs, dropletLimit } = simulatedCloud(flags);
  return {
    ...(bootMs === undefined ? {} : { bootMs }),
    ...(actionMs === undefined ? {} : { actionMs }),
    ...(dropletLimit === undefined ? {} : { dropletLimit }),
  };
}

function limits({ rateLimit }: SimulateFlags): Partial<Settings> {
  if (rateLimit === undefined) return {};
  const limit = parseRateLimit(rateLimit);
  return { minuteLimit: limit?.perMinute ?? 0, hourlyLimit: limit?.perHour ?? 0 };
}

function settingsOf(assignments: readonly string[]): Partial<Settings> {
  const settings = Object.fromEntries(assignments.map(assignment));
  const [error] = Value.Errors(Type.Partial(SettingsSchema), settings);
  if (!error) return settings;
  throw usageError(
    `--set ${error.instancePath.slice(1)} ${error.message}.`,
    `There are: ${names.join(', ')}.`,
  );
}

function assignment(text: string): [string, unknown] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (names.some((known) => known === name)) return [name, value === '' ? undefined : parse(value)];
  const near = nearestName(name || text, names);
  throw usageError(
    `--set knows no ${JSON.stringify(name || text)}.`,
    near ? `Did you mean ${near}=…?` : `There are: ${names.join(', ')}.`,
  );
}

function faultsOf(file: string): FaultRule[] {
  const rules: unknown = parse(readText(file));
  const [error] = Value.Errors(Type.Array(FaultRuleSchema), rules);
  if (!error) return rules as FaultRule[];
  throw usageError(
    `--faults ${file}: ${error.instancePath || 'the whole'} ${error.message}.`,
    'Give a list of rules, such as [{"match": {"method": "POST"}, "probability": 0.1, "effect": "cutAfter"}].',
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError(
      `--faults cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Give a file of YAML or JSON.',
    );
  }
}
