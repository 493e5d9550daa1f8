import type { SimulatorProcess } from '../../lab/simulator-process.ts';
import type { Identity } from './load-protocol.ts';
/** What each droplet's user-data tells its agent. */
export declare function enrolments(simulator: SimulatorProcess): Promise<readonly Identity[]>;
