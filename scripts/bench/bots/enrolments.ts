import type { SimulatorProcess } from '../../../test/lab/simulator-process.ts';
import type { Identity } from './load-protocol.ts';

/** So many droplets' user-data are read at the same time. */
const atOnce = 8;

/** What each droplet's user-data tells its agent. */
export async function enrolments(simulator: SimulatorProcess): Promise<readonly Identity[]> {
  const left = (await simulator.droplets()).values();
  const found: Identity[] = [];
  const reader = async () => {
    for (const { id } of left) found.push(identityIn(await simulator.userData(id)));
  };
  await Promise.all(Array.from({ length: atOnce }, reader));
  return found;
}

function identityIn(userData: string): Identity {
  return { botID: exported(userData, 'BOT_ID'), registrationToken: exported(userData, 'REGISTRATION_TOKEN') };
}

function exported(userData: string, name: string): string {
  const value = new RegExp(`^export ${name}='([^']*)'$`, 'm').exec(userData)?.[1];
  if (value === undefined) throw new Error(`user-data without ${name}`);
  return value;
}
