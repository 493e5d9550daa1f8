import { type Command, Option } from 'commander';
import { openCloud } from '../../compose/open-cloud.ts';
import { planFleet } from '../../compose/plan-fleet.ts';
import { type FleetFlags, readFleetConfig } from '../../config/run-config.ts';
import { exitCodes } from '../../config/user-error.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, fleetFlags } from '../flags.ts';
import { openLook } from '../select/open-look.ts';
import { isTerminal, paintFor, printTo } from '../text/terminal.ts';
import { cloudLine } from '../view/fleet-view.ts';
import { hasChanges, showPlan } from '../view/plan-view.ts';

interface PlanFlags extends FleetFlags {
  readonly output?: 'json';
}

export function definePlan(command: Command, context: CliContext): void {
  fleetFlags(command)
    .addOption(new Option('-o, --output <format>', 'form of the output').choices(['json']))
    .action((flags: PlanFlags) => plan(flags, context));
  examples(command, [
    'clawfleet plan --source deploy/examples/bots',
    'clawfleet plan -o json | jq .calls',
    'clawfleet plan && echo nothing to do',
  ]);
}

async function plan(flags: PlanFlags, context: CliContext): Promise<void> {
  const config = readFleetConfig(flags, context);
  if (isTerminal(context.stderr)) await printTo(context.stderr, cloudLine(config.cloud, context.env));
  const reader = await openLook(config.source, context);
  const clouds = await openCloud(config);
  try {
    const found = await planFleet(reader, clouds, config.settings);
    const text =
      flags.output === 'json' ? JSON.stringify(found, null, 2) : showPlan(found, paintFor(context.stdout));
    await printTo(context.stdout, text);
    context.finish(hasChanges(found) ? exitCodes.changes : exitCodes.ok);
  } finally {
    await clouds.close();
    reader.close();
  }
}
