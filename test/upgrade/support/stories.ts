import { dropletName } from '../../../src/model/identity.ts';
import { conditionOf } from '../../../src/model/spec/condition.ts';
import { until } from '../../lab/until.ts';
import { botThat, declare, fleetID, isReady, isStalled, type OldFleet, patienceMs } from './old-fleet.ts';

const post = { method: 'POST', path: '/v2/droplets' };

/**
 * One bot in each state of a bot's life, named after it; the last four are in the middle of something, and stay so
 * until the release is killed.
 */
export async function eachState(fleet: OldFleet): Promise<void> {
  await atRest(fleet);
  await changed(fleet);
  await underWay(fleet);
}

async function atRest(fleet: OldFleet): Promise<void> {
  const adopted = await fleet.cloud.create('pet-7', [`clawfleet-adopt-${fleetID}`]);
  await fleet.apply('Account', 'main', { maxBots: 20, monthlyBudgetUSD: 500 });
  await fleet.apply('Account', 'small', { tier: 'free', maxBots: 1 });
  await declare(fleet, 'running', { persona: 'tweaker', droplet: { tags: ['team-a'] } });
  await declare(fleet, 'adopted', { adopt: { dropletID: adopted } });
  await declare(fleet, 'orphan-policy', { deletionPolicy: 'Orphan' });
  await declare(fleet, 'refused', { droplet: { image: '999999' } });
  await declare(fleet, 'granted', { accountRef: { name: 'small' } });
  for (const name of ['stopped', 'redeployed', 'recreated', 'redeploying', 'renewing', 'deleting', 'deleted'])
    await declare(fleet, name);
  // It has no registration token: where bots are served, it waits for a person to bring it one.
  await botThat(fleet, 'adopted', 'adopted', (status) => isReady(status) || isStalled(status));
  await ready(fleet, ...['running', 'orphan-policy', 'granted', 'stopped', 'redeployed']);
  await ready(fleet, ...['recreated', 'redeploying', 'renewing', 'deleting', 'deleted']);
  await declare(fleet, 'waiting', { accountRef: { name: 'small' } });
  await botThat(fleet, 'waiting', 'waiting', (status) => reasonOf(status) === 'QuotaExceeded');
  await botThat(fleet, 'refused', 'refused', isStalled);
}

/** What happened to them since. */
async function changed(fleet: OldFleet): Promise<void> {
  await declare(fleet, 'stopped', { powerState: 'Stopped' });
  await declare(fleet, 'running', {
    persona: 'tweaker',
    droplet: { tags: ['team-a'] },
    rebootRequest: 'monday',
  });
  await declare(fleet, 'redeployed', { redeployRequest: 'monday' });
  await fleet.remove('deleted');
  const [lost] = (await fleet.bots()).filter(({ metadata }) => metadata.name === 'recreated');
  await fleet.cloud.destroy(lost?.status?.droplet?.id ?? 0);
  await botThat(fleet, 'stopped', 'off', (status) => status.droplet?.status === 'off' && isReady(status));
  for (const name of ['redeployed', 'recreated'])
    await botThat(fleet, name, 'on its second droplet', (status) => {
      return status.knownDropletIDs?.length === 1 && isReady(status);
    });
  await botThat(fleet, 'running', 'rebooted', (status) => {
    return status.handledRequests?.reboot === 'monday' && !status.operation && isReady(status);
  });
  await until('it is gone', patienceMs, 20, async () => {
    return (await fleet.bots()).every(({ metadata }) => metadata.name !== 'deleted');
  });
}

/** Calls that never end. */
async function underWay(fleet: OldFleet): Promise<void> {
  const { cloud } = fleet;
  const idOf = new Map(
    (await fleet.bots()).map(({ metadata, status }) => [metadata.name, status?.droplet?.id]),
  );
  for (const name of ['redeploying', 'deleting']) {
    const match = { method: 'DELETE', path: `/v2/droplets/${idOf.get(name)}` };
    await cloud.order({ match, effect: 'hangBefore' });
  }
  for (const region of ['ams3', 'sgp1'])
    await cloud.order({ match: { ...post, bodyIncludes: region }, effect: 'hangAfter' });
  const before = await cloud.calls('POST /v2/droplets');
  await declare(fleet, 'redeploying', { redeployRequest: 'tuesday' });
  await fleet.remove('deleting');
  await declare(fleet, 'renewing', { redeployRequest: 'tuesday', droplet: { region: 'sgp1' } });
  await declare(fleet, 'in-doubt', { droplet: { region: 'ams3' } });
  await botThat(fleet, 'redeploying', 'destroying', ({ operation }) => operation?.step === 'Destroy');
  await botThat(fleet, 'renewing', 'creating', ({ createAttempt }) => createAttempt !== undefined);
  await until('two creates in doubt', patienceMs, 20, async () => {
    const deletes = await cloud.calls('DELETE /v2/droplets/:id');
    return (await cloud.calls('POST /v2/droplets')) === before + 2 && deletes >= 4;
  });
}

/** Five of six bots are no longer declared, which is held; one before was deleted, and one released. */
export async function deletionHeld(fleet: OldFleet): Promise<void> {
  await fleet.apply('Account', 'main', { maxBots: 20 });
  const held = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `held-${letter}`);
  for (const name of [...held, 'deleted']) await declare(fleet, name);
  await declare(fleet, 'released', { deletionPolicy: 'Orphan' });
  await ready(fleet, ...held, 'deleted', 'released');
  for (const name of ['deleted', 'released']) await fleet.remove(name);
  await until('both are gone', patienceMs, 20, async () => (await fleet.bots()).length === held.length);
  for (const name of held.slice(1)) await fleet.remove(name);
  await until('their deletion is held', patienceMs, 20, async () => {
    const { holds } = await fleet.state();
    return holds.some(({ kind, keys }) => kind === 'delete' && keys.length === held.length - 1);
  });
}

/** The droplets of four of six bots vanish, which is held. */
export async function recreationHeld(fleet: OldFleet): Promise<void> {
  await fleet.apply('Account', 'main', { maxBots: 20 });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `lost-${letter}`);
  for (const name of names) await declare(fleet, name);
  await ready(fleet, ...names);
  const droplets = await fleet.cloud.droplets();
  const uids = (await fleet.bots()).slice(0, 4).map(({ metadata }) => dropletName(metadata.uid));
  await Promise.all(
    droplets.filter(({ name }) => uids.includes(name)).map(({ id }) => fleet.cloud.destroy(id)),
  );
  await until('their re-creation is held', patienceMs, 20, async () => {
    const { holds } = await fleet.state();
    return holds.some(({ kind, keys }) => kind === 'recreate' && keys.length === 4);
  });
}

async function ready(fleet: OldFleet, ...names: readonly string[]): Promise<void> {
  for (const name of names) await botThat(fleet, name, 'Ready', isReady);
}

function reasonOf(status: Parameters<typeof conditionOf>[0]): string | undefined {
  return conditionOf(status, 'Ready')?.reason;
}
