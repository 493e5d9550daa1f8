import { after, before, it } from 'node:test';
import { AgentHost } from '../../../../src/adapters/simulator/agents/agent-host.ts';
import { seededChance } from '../../../../src/adapters/system/seeded-chance.ts';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { freePort } from '../../../lab/free-port.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { FleetOnMongo } from '../support/fleet-on-mongo.ts';

const names = ['alpha', 'beta', 'gamma'];

await eachMongo(
  'two controllers of one MongoDB that serve bots',
  ({ exactSwaps }) => exactSwaps,
  (under) => {
    let fleet: FleetOnMongo;
    let agents: AgentHost;

    before(async () => {
      fleet = await FleetOnMongo.open(under, { agentBeatMs: 500, agentRetryMs: 200 });
      agents = new AgentHost(fleet.simulator, systemClock, seededChance(4));
    });
    after(async () => {
      await agents?.stop();
      await fleet?.close();
    });

    it('hand the calls of bots over to the one that leads, whose address is in the lease', async () => {
      const [first, second] = [await freePort(), await freePort()];
      const serving = (port: number) => ({
        // Every bot calls the one that does not lead.
        serves: [
          ...['--bot-listen', `127.0.0.1:${port}`, '--peer-listen', '127.0.0.1:0'],
          ...['--control-plane-url', `http://127.0.0.1:${second}`],
        ],
      });
      fleet.run(serving(first));
      await fleet.insert('early');
      await until('it to lead', 60_000, 20, () => fleet.droplets().length === 1);
      const follower = fleet.run(serving(second));
      await follower.until(/leads; this process stands by/);
      await fleet.insert(...names);
      // Ready only with AgentRegistered and Healthy.
      await fleet.ready(['early', ...names]);
    });
  },
);
