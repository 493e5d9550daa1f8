import { noteDroplet } from '../../../lab/notes/note-command.ts';
import { noteShown } from '../../../lab/notes/notes.ts';
import type { FleetOnCluster } from './fleet-on-cluster.ts';

/** Notes which tokens bots have, and what anybody may see of them: objects, events, metrics, user-data. */
export async function noteCluster(fleet: FleetOnCluster): Promise<void> {
  for (const { id } of fleet.droplets()) {
    const { userData = '', disk } = fleet.simulator.machine(id) ?? {};
    noteDroplet(userData, disk?.token);
  }
  const objects = ['get', 'bots,accounts,events,leases', '-A', '-o', 'json'];
  noteShown('objects in the cluster', await fleet.kubectl(objects));
  for (const { child, until } of fleet.controllers) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const url = /"metrics":"(http:[^"]+)"/.exec(await until(/"metrics":"[^"]+"/))?.[1] ?? '';
    noteShown('metrics', await (await fetch(url)).text());
  }
}
