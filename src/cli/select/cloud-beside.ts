import {
  type FleetConfig,
  type FleetFlags,
  readFleetConfig,
  type SourceConfig,
} from '../../config/run-config.ts';
import type { CliContext } from '../cli-context.ts';

/** The cloud of the flags, beside the state that was found without them. */
export function cloudBeside(source: SourceConfig, flags: FleetFlags, context: CliContext): FleetConfig {
  const config = readFleetConfig(flags, context);
  return { ...config, source, ...(source.kind === 'directory' && { simulatorFile: source.stateFile }) };
}
