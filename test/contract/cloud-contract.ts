import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pick } from '../../src/kit/pick.ts';
import { observedFields } from '../../src/model/spec/droplet-fields.ts';
import type {
  CallOptions,
  Cloud,
  Droplet,
  DropletRequest,
  Listing,
  ListingOptions,
} from '../../src/ports/cloud.ts';
import { type Fault, type FaultKind, PortError } from '../../src/ports/port-error.ts';

/** One account of a cloud, empty at first, and the means to make it misbehave. */
export interface CloudBed {
  /** A cloud with every right and no call limit of its own. */
  readonly cloud: Cloud;
  readonly apiURL: string;
  readonly accountUUID: string;
  /** A project that droplets can be assigned to. */
  readonly projectID: string;
  /** The same through a token that may read the account, droplets and tags, and nothing else. */
  readonly reader: Cloud;
  /** The same through a token that nobody knows. */
  readonly stranger: Cloud;
  /** The same account through the token of another member of its team. */
  readonly colleague: Cloud;
  /** Another team's account, through a token of the same person as `cloud`'s. */
  readonly elsewhere: Cloud;
  /** A size of GPU droplets, and a region that has it. */
  readonly gpu: Pick<DropletRequest, 'size' | 'region'>;
  /** The slug of an image that is no distribution. */
  readonly application: string;
  /** Makes an image of the account's own and gives its id. */
  addImage(name: string): number;
  deleteImage(id: number): void;
  /** Puts an SSH key into the account and gives its id and fingerprint. */
  addKey(): { readonly id: number; readonly fingerprint: string };
  deleteKey(id: number): void;
  /** A VPC of the account in the region. */
  vpcIn(region: string): string;
  /** What the account says of itself from now on. */
  standing(status: string, message: string): void;
  /** The row of that droplet can not be read from now on. */
  garble(dropletID: number): void;
  /** The action under way on the droplet never ends. */
  keepBusy(dropletID: number): void;
  archive(dropletID: number): void;
  /** How far the cloud's clock is ahead of ours, from now on. */
  shiftClock(ms: number): void;
  /** Epoch milliseconds of the cloud. */
  now(): number;
  /** Lets time pass until all that is under way is done and seen in every list. */
  settle(): Promise<void>;
  /** The next request with this method is carried out, or not, and its answer lost. */
  loseNext(method: string, carriedOut: boolean): void;
  /** The next request with this method gets a 5xx as an HTML page; it is not carried out. */
  failNext(method: string): void;
  /** From now on so many droplets are allowed, or so many requests a minute. */
  limit(limits: { droplets?: number; requestsPerMinute?: number }): void;
  /** Requests that the cloud has got, by method. */
  requests(method: string): number;
  /** Droplets that truly exist. */
  dropletCount(): number;
  close(): Promise<void>;
}

const urgent: CallOptions = { class: 'urgent' };
const sweep: CallOptions = { class: 'background' };
const create: CallOptions = { class: 'create' };

export const REQUEST: DropletRequest = {
  name: 'openclaw-bot-1',
  region: 'fra1',
  size: 's-1vcpu-1gb',
  image: 'ubuntu-24-04-x64',
  sshKeys: [],
  tags: ['openclaw', 'bot-1', 'clawfleet-f1'],
  monitoring: true,
  backups: false,
  ipv6: false,
  userData: '#!/bin/sh\necho hello\n',
};

/** What every cloud must do, run over the accounts that `makeBed` makes. */
export function cloudContract(name: string, makeBed: () => Promise<CloudBed>): void {
  describe(`${name} as a cloud`, () => {
    let bed: CloudBed;
    let cloud: Cloud;

    const make = (fields: Partial<DropletRequest> = {}) =>
      cloud.createDroplet({ ...REQUEST, ...fields }, create);
    /** A droplet that is up and seen in every list. */
    const makeActive = async (fields: Partial<DropletRequest> = {}): Promise<Droplet> => {
      const { id } = await make(fields);
      await bed.settle();
      return await cloud.getDroplet(id, urgent);
    };
    /** The droplets of a listing in which every row could be read. */
    const listByTag = async (tag: string, options: ListingOptions = sweep) =>
      readable(await cloud.listByTag(tag, options));
    const listByName = async (name: string, options: ListingOptions = sweep) =>
      readable(await cloud.listByName(name, options));
    /** Carries out an action to its end and reads the droplet. */
    const act = async (id: number, request: Parameters<Cloud['act']>[1]): Promise<Droplet> => {
      const action = await cloud.act(id, request, urgent);
      await bed.settle();
      assert.equal((await cloud.getAction(action.id, urgent)).status, 'completed');
      return await cloud.getDroplet(id, urgent);
    };

    beforeEach(async () => {
      bed = await makeBed();
      ({ cloud } = bed);
    });
    afterEach(() => bed.close());

    describe('account and offers', () => {
      it('knows which account it is, and asks once', async () => {
        const identity = { apiURL: bed.apiURL, accountUUID: bed.accountUUID };
        assert.deepEqual(await cloud.identity(urgent), identity);
        assert.deepEqual(await cloud.identity(urgent), identity);
        assert.equal(bed.requests('GET'), 1);
        assert.equal(cloud.apiURL, bed.apiURL);
      });

      it('tells the droplet limit as it is now', async () => {
        bed.limit({ droplets: 7 });
        assert.equal((await cloud.account(urgent)).dropletLimit, 7);
        bed.limit({ droplets: 8 });
        assert.equal((await cloud.account(urgent)).dropletLimit, 8);
      });

      it('tells a team from its members: a colleague works for the same account, one person may for two', async () => {
        const [mine, hers, other] = await Promise.all(
          [cloud, bed.colleague, bed.elsewhere].map((each) => each.account(urgent)),
        );
        assert.ok(mine && hers && other);
        assert.deepEqual(await bed.colleague.identity(urgent), await cloud.identity(urgent));
        assert.notEqual(hers.userUUID, mine.userUUID);
        assert.equal(other.userUUID, mine.userUUID);
        assert.notEqual((await bed.elsewhere.identity(urgent)).accountUUID, bed.accountUUID);
        const { id } = await makeActive();
        await faultOf('absent', bed.elsewhere.getDroplet(id, urgent));
        assert.equal((await bed.colleague.getDroplet(id, urgent)).id, id);
      });

      it('tells how the account stands, in the words of the cloud', async () => {
        const told = async () => {
          const { status, statusMessage } = await cloud.account(urgent);
          return [status, statusMessage];
        };
        assert.deepEqual(await told(), ['active', '']);
        bed.standing('locked', 'write to us');
        assert.deepEqual(await told(), ['locked', 'write to us']);
        const { forbidden, missingScope } = await faultOf('unauthorised', make());
        assert.deepEqual([forbidden, missingScope], ['write to us', undefined]);
      });

      it('finds an image of any kind by slug or id, until it is deleted', async () => {
        const id = bed.addImage('golden');
        for (const wanted of [REQUEST.image, bed.application, String(id)]) {
          const image = await cloud.image(wanted, urgent);
          assert.equal(image.status, 'available');
          assert.ok(image.id > 0 && image.name !== '' && image.minDiskGB > 0);
          assert.ok(image.regions.includes(REQUEST.region));
          assert.equal(image.slug ?? String(image.id), wanted);
        }
        const asked = bed.requests('GET');
        await cloud.image(String(id), urgent);
        assert.equal(bed.requests('GET'), asked, 'it is remembered for a little while');
        bed.deleteImage(id);
        await faultOf('absent', cloud.image(String(id), { ...urgent, fresh: true }));
        await faultOf('absent', cloud.image(String(id), urgent));
        await faultOf('absent', cloud.image('never-heard-of', urgent));
      });

      it('finds an SSH key by id and fingerprint, until it is deleted', async () => {
        const { id, fingerprint } = bed.addKey();
        await cloud.sshKey(String(id), urgent);
        await cloud.sshKey(fingerprint, urgent);
        const asked = bed.requests('GET');
        await cloud.sshKey(fingerprint, urgent);
        assert.equal(bed.requests('GET'), asked);
        bed.deleteKey(id);
        await cloud.sshKey(String(id), urgent);
        await faultOf('absent', cloud.sshKey(String(id), { ...urgent, fresh: true }));
        await faultOf('absent', cloud.sshKey('4711', urgent));
      });

      it('tells a VPC with its region', async () => {
        const uuid = bed.vpcIn(REQUEST.region);
        assert.deepEqual(await cloud.vpc(uuid, urgent), { uuid, region: REQUEST.region });
        await faultOf('absent', cloud.vpc('00000000-0000-4000-8000-000000000000', urgent));
        assert.equal((await makeActive({ vpcUUID: uuid })).vpcUUID, uuid);
      });

      it('knows the time of the cloud from its answers, however wrong that is', async () => {
        bed.shiftClock(3_600_000);
        assert.equal(cloud.cloudNow(), undefined);
        await cloud.account(urgent);
        const error = (cloud.cloudNow() ?? 0) - bed.now();
        assert.ok(Math.abs(error) < 2_000, `${error} ms off`);
        const { createdAt } = await make();
        assert.ok(Math.abs(Date.parse(createdAt) - (cloud.cloudNow() ?? 0)) < 5_000, createdAt);
      });

      it('tells sizes, regions and images that a create accepts', async () => {
        const { sizes, regions, images } = await cloud.catalogue(sweep);
        const size = sizes.find(({ slug }) => slug === REQUEST.size);
        assert.ok(size?.available && size.priceMonthlyUSD > 0 && size.diskGB > 0);
        assert.ok(size.regions.includes(REQUEST.region));
        assert.ok(regions.find(({ slug }) => slug === REQUEST.region)?.sizes.includes(REQUEST.size));
        assert.ok(images.includes(REQUEST.image));
      });

      it('reads its offers once and then remembers them', async () => {
        await cloud.catalogue(sweep);
        const asked = bed.requests('GET');
        await cloud.catalogue(sweep);
        assert.equal(bed.requests('GET'), asked);
      });
    });

    describe('creation', () => {
      it('creates a droplet with one call, and finds it by id, name and tag', async () => {
        const created = await make();
        assert.equal(bed.requests('POST'), 1);
        assert.equal(created.name, REQUEST.name);
        assert.ok(created.id > 0);
        await bed.settle();
        const droplet = await cloud.getDroplet(created.id, urgent);
        assert.equal(droplet.status, 'active');
        assert.equal(droplet.region, REQUEST.region);
        assert.equal(droplet.size, REQUEST.size);
        assert.equal(droplet.image, REQUEST.image);
        assert.deepEqual([...droplet.tags].sort(), [...REQUEST.tags].sort());
        assert.deepEqual([droplet.monitoring, droplet.backups, droplet.ipv6], [true, false, false]);
        assert.ok(droplet.publicIPv4);
        assert.ok(droplet.diskGB > 0 && droplet.priceMonthlyUSD > 0);
        assert.ok(Number.isFinite(Date.parse(droplet.createdAt)));
        assert.deepEqual(await listByName(REQUEST.name), [droplet]);
        assert.deepEqual(await listByTag('bot-1'), [droplet]);
        assert.deepEqual(await listByTag('bot-2'), []);
      });

      it('shows each field as it was asked for', async () => {
        const vpcUUID = bed.vpcIn(REQUEST.region);
        for (const flag of [true, false]) {
          const flags = { backups: flag, ipv6: flag, monitoring: !flag };
          const order = { ...REQUEST, ...flags, vpcUUID };
          assert.deepEqual(pick(await makeActive(order), observedFields), pick(order, observedFields));
        }
      });

      it('tells tags in lower case', async () => {
        const droplet = await makeActive({ tags: ['Mixed-Case'] });
        assert.deepEqual(droplet.tags, ['mixed-case']);
        assert.equal((await listByTag('mixed-case')).length, 1);
      });

      it('lists every droplet of a name, for names are not unique, but no other spelling of it', async () => {
        const [one, two] = [await make(), await make()];
        await make({ name: 'OpenClaw-Bot-1' });
        await bed.settle();
        const found = await listByName(REQUEST.name);
        assert.deepEqual(found.map(({ id }) => id).sort(), [one.id, two.id].sort());
      });

      it('refuses an unknown size, region or image with what is valid; nothing is made', async () => {
        for (const [field, value, valid] of [
          ['size', 's-1vcpu-1bg', REQUEST.size],
          ['region', 'fra9', REQUEST.region],
          ['image', 'ubuntu-24-04-x32', REQUEST.image],
        ] as const) {
          const refusal = await faultOf('refused', make({ [field]: value }));
          assert.equal(refusal.httpStatus, 422);
          assert.ok(refusal.reason.includes(valid), `${field}: ${refusal.reason}`);
        }
        assert.equal(bed.dropletCount(), 0);
      });

      it('refuses a droplet over the limit', async () => {
        bed.limit({ droplets: 1 });
        await makeActive();
        assert.match((await faultOf('limitReached', make())).reason, /limit/);
        assert.equal(bed.dropletCount(), 1);
      });

      it('is in doubt when the answer is lost, and sends nothing again, whether or not a droplet came of it', async () => {
        bed.loseNext('POST', true);
        await faultOf('doubtful', make());
        bed.loseNext('POST', false);
        await faultOf('doubtful', make({ name: 'openclaw-bot-2' }));
        assert.equal(bed.requests('POST'), 2);
        assert.equal(bed.dropletCount(), 1);
        await bed.settle();
        assert.equal((await listByName(REQUEST.name)).length, 1);
      });

      it('is in doubt after a server error', async () => {
        bed.failNext('POST');
        await faultOf('doubtful', make());
        assert.equal(bed.requests('POST'), 1);
      });

      it('sends nothing when the caller has given up before', async () => {
        const signal = AbortSignal.abort(new Error('shutting down'));
        await faultOf('unavailable', cloud.createDroplet(REQUEST, { ...create, signal }));
        assert.equal(bed.requests('POST'), 0);
      });
    });

    describe('reading', () => {
      it('tells a droplet that does not exist as absent', async () => {
        await faultOf('absent', cloud.getDroplet(4_711, urgent));
      });

      it('repeats a read whose answer was lost or that met a server error', async () => {
        const { id } = await makeActive();
        bed.loseNext('GET', true);
        assert.equal((await cloud.getDroplet(id, urgent)).id, id);
        bed.failNext('GET');
        assert.equal((await listByTag('openclaw')).length, 1);
      });

      it('sets a row aside that cannot be read, with what can be made out of it', async () => {
        const [one, two] = [await make(), await make({ name: 'openclaw-bot-2' })];
        await bed.settle();
        bed.garble(one.id);
        const byTag = await cloud.listByTag('openclaw', sweep);
        assert.deepEqual(
          byTag.droplets.map(({ id }) => id),
          [two.id],
        );
        const [row] = byTag.unreadable;
        assert.deepEqual([row?.id, row?.name], [one.id, one.name]);
        assert.ok(row?.why, 'it says what is wrong');
        assert.equal((await cloud.listByName(one.name, sweep)).unreadable.length, 1);
        assert.deepEqual(await cloud.listByName(two.name, sweep), {
          droplets: byTag.droplets,
          unreadable: [],
        });
        await faultOf('unavailable', cloud.getDroplet(one.id, urgent));
      });

      it('lists GPU droplets where asked to, by tag and by name, each once', async () => {
        const gpu = await makeActive(bed.gpu);
        const plain = await makeActive({ name: 'openclaw-bot-2' });
        await makeActive({ ...bed.gpu, name: 'other', tags: ['other'] });
        assert.deepEqual(await listByTag('openclaw'), [plain]);
        assert.deepEqual(await listByName(gpu.name), []);
        const all = { ...sweep, gpus: true };
        assert.deepEqual(await listByTag('openclaw', all), [plain, gpu]);
        assert.deepEqual(await listByName(gpu.name, all), [gpu]);
        assert.deepEqual(await listByName(plain.name, all), [plain]);
      });

      it('tells an archived droplet as archived', async () => {
        const { id } = await makeActive();
        bed.archive(id);
        assert.equal((await cloud.getDroplet(id, urgent)).status, 'archive');
      });

      it('lists every page, each droplet once', async () => {
        bed.limit({ droplets: 1_000 });
        const made = await Promise.all(
          Array.from({ length: 401 }, (_, index) => make({ name: `bot-${index}`, tags: ['many'] })),
        );
        await bed.settle();
        const before = bed.requests('GET');
        const listed = await listByTag('many');
        assert.deepEqual(new Set(listed.map(({ id }) => id)), new Set(made.map(({ id }) => id)));
        assert.equal(listed.length, 401);
        assert.equal(bed.requests('GET') - before, 3);
      });
    });

    describe('deletion', () => {
      it('destroys a droplet, which is proven by absence', async () => {
        const { id } = await makeActive();
        await cloud.deleteDroplet(id, urgent);
        await bed.settle();
        await faultOf('absent', cloud.getDroplet(id, urgent));
        assert.deepEqual(await listByTag('openclaw'), []);
        assert.equal(bed.dropletCount(), 0);
      });

      it('takes a droplet that does not exist for destroyed', async () => {
        await cloud.deleteDroplet(4_711, urgent);
        assert.equal(bed.requests('DELETE'), 1);
      });

      it('is in doubt when the answer is lost', async () => {
        const { id } = await makeActive();
        bed.loseNext('DELETE', true);
        await faultOf('doubtful', cloud.deleteDroplet(id, urgent));
        assert.equal(bed.requests('DELETE'), 1);
      });
    });

    describe('actions', () => {
      it('powers off and on again, and refuses what is done already', async () => {
        const { id } = await makeActive();
        assert.equal((await act(id, { type: 'shutdown' })).status, 'off');
        assert.match((await faultOf('refused', cloud.act(id, { type: 'power_off' }, urgent))).reason, /off/);
        assert.equal((await act(id, { type: 'power_on' })).status, 'active');
        await faultOf('refused', cloud.act(id, { type: 'power_on' }, urgent));
        assert.equal((await act(id, { type: 'power_off' })).status, 'off');
      });

      it('tells an action during another as a pending event', async () => {
        const { id } = await makeActive();
        const action = await cloud.act(id, { type: 'reboot' }, urgent);
        assert.equal(action.status, 'in-progress');
        assert.equal(action.dropletID, id);
        await faultOf('pendingEvent', cloud.act(id, { type: 'power_off' }, urgent));
      });

      it('resizes a droplet that is off, and refuses a size that does not exist with those that do', async () => {
        const { id, diskGB } = await makeActive();
        await act(id, { type: 'power_off' });
        const resized = await act(id, { type: 'resize', size: 's-2vcpu-2gb', disk: false });
        assert.equal(resized.size, 's-2vcpu-2gb');
        assert.equal(resized.diskGB, diskGB);
        const unknown = cloud.act(id, { type: 'resize', size: 's-2vcpu-2bg', disk: false }, urgent);
        assert.match((await faultOf('refused', unknown)).reason, /s-2vcpu-2gb/);
      });

      it('renames, and switches backups and IPv6 on', async () => {
        const { id } = await makeActive();
        assert.equal((await act(id, { type: 'rename', name: 'another' })).name, 'another');
        assert.equal((await act(id, { type: 'enable_backups' })).backups, true);
        assert.equal((await act(id, { type: 'disable_backups' })).backups, false);
        assert.equal((await act(id, { type: 'enable_ipv6' })).ipv6, true);
      });

      it('reads an action that does not end, by its id', async () => {
        const { id } = await makeActive();
        bed.keepBusy(id);
        const action = await cloud.act(id, { type: 'power_off' }, urgent);
        await bed.settle();
        assert.deepEqual(await cloud.getAction(action.id, urgent), action);
        assert.equal(action.status, 'in-progress');
      });

      it("tells a droplet's actions, newest first", async () => {
        const { id } = await makeActive();
        await act(id, { type: 'reboot' });
        await act(id, { type: 'power_off' });
        const actions = await cloud.listActions(id, urgent);
        assert.deepEqual(
          actions.slice(0, 2).map(({ type }) => type),
          ['power_off', 'reboot'],
        );
        assert.ok(actions.every(({ dropletID }) => dropletID === id));
      });

      it('tells an action on a droplet that does not exist as absent, and is in doubt after a lost answer', async () => {
        await faultOf('absent', cloud.act(4_711, { type: 'reboot' }, urgent));
        await faultOf('absent', cloud.getAction(4_711, urgent));
        const { id } = await makeActive();
        bed.loseNext('POST', true);
        await faultOf('doubtful', cloud.act(id, { type: 'reboot' }, urgent));
      });
    });

    describe('tags and projects', () => {
      it('puts a new tag on and takes it off again, however often', async () => {
        const { id } = await makeActive();
        await cloud.tag(id, 'clawfleet-released', urgent);
        await cloud.tag(id, 'clawfleet-released', urgent);
        await bed.settle();
        assert.ok((await cloud.getDroplet(id, urgent)).tags.includes('clawfleet-released'));
        assert.equal((await listByTag('clawfleet-released')).length, 1);
        await cloud.untag(id, 'clawfleet-released', urgent);
        await cloud.untag(id, 'clawfleet-released', urgent);
        await cloud.untag(id, 'never-seen', urgent);
        await bed.settle();
        assert.ok(!(await cloud.getDroplet(id, urgent)).tags.includes('clawfleet-released'));
      });

      it('does not tag what does not exist', async () => {
        const error = await cloud.tag(4_711, 'some-tag', urgent).catch((reason: unknown) => reason);
        assert.ok(error instanceof PortError);
        assert.ok(['absent', 'refused'].includes(error.fault.kind), error.fault.kind);
      });

      it('assigns a droplet to a project, and tells a project that does not exist', async () => {
        const { id } = await makeActive();
        await cloud.assignToProject(id, bed.projectID, urgent);
        const nowhere = cloud.assignToProject(id, '00000000-0000-4000-8000-000000000000', urgent);
        await faultOf('absent', nowhere);
      });
    });

    describe('rights and limits', () => {
      it('tells a token that is not known', async () => {
        const { stranger } = bed;
        assert.deepEqual(await faultOf('unauthorised', stranger.account(urgent)), { kind: 'unauthorised' });
        await faultOf('unauthorised', stranger.createDroplet(REQUEST, create));
      });

      it('tells what a token may not do in the words of the cloud, and the scope that the call needs', async () => {
        const { reader } = bed;
        await reader.listByTag('openclaw', sweep);
        const forbidden = reader.deleteDroplet(1, urgent);
        await assert.rejects(forbidden, /droplet:delete/);
        const fault = await faultOf('unauthorised', forbidden);
        assert.ok(fault.forbidden, 'the words of the cloud');
        assert.equal(fault.missingScope, undefined, 'which names no scope');
        assert.equal(bed.dropletCount(), 0);
      });

      it('tells until when it is rate limited, and sends nothing before', async () => {
        bed.limit({ requestsPerMinute: 2 });
        await cloud.account(urgent);
        await cloud.account(urgent);
        const { until } = await faultOf('rateLimited', make());
        assert.ok(until > 0);
        assert.equal(cloud.budget.reserve('urgent'), undefined);
        assert.ok(cloud.budget.snapshot().blockedUntil >= until - 1);
        assert.equal(bed.dropletCount(), 0);
      });

      it('takes a permit for a place, and gives back one that was not used', async () => {
        const permit = cloud.budget.reserve('create');
        assert.ok(permit);
        await cloud.createDroplet(REQUEST, { ...create, permit });
        permit.release();
        const unused = cloud.budget.reserve('create');
        unused?.release();
        assert.equal(bed.requests('POST'), 1);
      });
    });
  });
}

function readable({ droplets, unreadable }: Listing): readonly Droplet[] {
  assert.deepEqual(unreadable, []);
  return droplets;
}

/** The fault of a call that must fail with that kind. */
async function faultOf<K extends FaultKind>(kind: K, call: Promise<unknown>): Promise<Fault & { kind: K }> {
  const error = await call.then(
    () => assert.fail(`expected ${kind}, but the call succeeded`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PortError, `expected a PortError, got ${error}`);
  assert.equal(error.fault.kind, kind, error.message);
  return error.fault as Fault & { kind: K };
}
