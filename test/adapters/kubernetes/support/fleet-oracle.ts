import assert from 'node:assert/strict';
import { resourcePath } from '../../../../src/adapters/kubernetes/client/resource-path.ts';
import { type BotObject, botType } from '../../../../src/adapters/kubernetes/source/objects.ts';
import { dropletName } from '../../../../src/model/identity.ts';
import type { FleetOnCluster } from './fleet-on-cluster.ts';
import { patiently } from './patiently.ts';

/** What must be true of bots, their status and the cloud's whole history, whatever went wrong meanwhile. */
export class FleetOracle {
  readonly #fleet: FleetOnCluster;
  /** Droplets that somebody destroyed behind the controller's back, by name: each is to be made once more. */
  readonly #lost = new Map<string, number>();

  constructor(fleet: FleetOnCluster) {
    this.#fleet = fleet;
  }

  async bots(): Promise<readonly BotObject[]> {
    const { client } = this.#fleet.server;
    const path = resourcePath(botType, { namespace: 'default' });
    return (await client.request<{ items: BotObject[] }>('GET', path)).items;
  }

  /** Destroys the droplet of a bot as its owner might, at DigitalOcean. */
  destroyBehindItsBack({ metadata, status }: BotObject): void {
    const name = dropletName(metadata.uid);
    this.#fleet.simulator.destroy(status?.droplet?.id ?? assert.fail(`${metadata.name} has no droplet`));
    this.#lost.set(name, (this.#lost.get(name) ?? 0) + 1);
  }

  /** Milliseconds until the fleet is level, from now. */
  async levelled(withinMs = 90_000): Promise<number> {
    const begun = performance.now();
    await patiently('spec, status and cloud agree', () => this.#isLevel(), withinMs);
    return performance.now() - begun;
  }

  /** Each bot there ever was had one droplet; only those of deleted bots are gone, and all of these. */
  async assertExact(): Promise<void> {
    const lives = this.#fleet.simulator.lives;
    const declared = new Set((await this.bots()).map(({ metadata }) => dropletName(metadata.uid)));
    const born = Map.groupBy(lives.lives(), ({ name }) => name);
    for (const [name, each] of born) {
      const lost = this.#lost.get(name) ?? 0;
      assert.equal(each.length, 1 + lost, `${name} was created ${each.length} times`);
      const living = each.filter(({ destroyedAt }) => destroyedAt === undefined);
      assert.equal(living.length, declared.has(name) ? 1 : 0, `${name}: ${living.length} live`);
    }
    assert.deepEqual(
      [...declared].filter((name) => !born.has(name)),
      [],
      'bots without a droplet',
    );
    assert.deepEqual(lives.overlaps(), []);
  }

  async #isLevel(): Promise<boolean> {
    const bots = await this.bots();
    const droplets = new Map(this.#fleet.droplets().map((droplet) => [droplet.name, droplet]));
    return bots.length === droplets.size && bots.every((bot) => isLevel(bot, droplets));
  }
}

function isLevel(
  { metadata, spec, status }: BotObject,
  droplets: ReadonlyMap<string, { readonly id: number; readonly status: string }>,
): boolean {
  const droplet = droplets.get(dropletName(metadata.uid));
  const isStopped = (spec as { readonly powerState?: string }).powerState === 'Stopped';
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return (
    metadata.deletionTimestamp === undefined &&
    droplet !== undefined &&
    droplet.id === status?.droplet?.id &&
    droplet.status === (isStopped ? 'off' : 'active') &&
    ready?.status === 'True' &&
    status.observedGeneration === metadata.generation
  );
}
