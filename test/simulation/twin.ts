import { rmSync, symlinkSync } from 'node:fs';
import { sourceIdentity } from '../../src/adapters/directory/records/fleet-record.ts';
import { World } from './world.ts';

/** A second controller in the same cloud, with the same declarations, on a copy of the state as it is now: it believes in the same fleet. */
export async function twinOf(world: World, seed: number): Promise<World> {
  const twin = new World({ seed, beside: world });
  rmSync(twin.directory, { recursive: true });
  symlinkSync(world.directory, twin.directory);
  await takeOver(twin, world.backUp());
  twin.witness = world.witness;
  await twin.start();
  return twin;
}

/** Puts the copy of a state in place of that of `world`, and binds it to it. */
export async function takeOver(world: World, copy: string): Promise<void> {
  const { directory, stateFile } = world;
  world.putBack(copy);
  const boundTo = sourceIdentity({ directory, stateFile });
  await world.editFleet((state) => ({ ...state, boundTo }));
}
