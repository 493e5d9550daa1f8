import type { JournalEntry } from '../../src/adapters/simulator/admin/journal.ts';
import type { DropletView } from '../../src/adapters/simulator/world/droplet-view.ts';
import type { Life, Overlap } from '../../src/adapters/simulator/world/life-log.ts';
import { birthOfTags } from '../../src/model/birth.ts';
import { botTag, commonTag, fleetTag, keyTag, uidOfDropletName } from '../../src/model/identity.ts';
import { resourceKey } from '../../src/model/resource-key.ts';
import type { Stored } from './monkey.ts';
import { fleetID, type Subject } from './subject.ts';

export interface Evidence {
  readonly subjects: readonly Subject[];
  readonly stored: Stored;
  readonly droplets: readonly DropletView[];
  readonly lives: readonly Life[];
  readonly overlaps: readonly Overlap[];
}

/** One thing that is not as it must be. */
export interface Violation {
  /** Name of the droplet concerned. */
  readonly droplet: string;
  readonly text: string;
}

/** What is still to be done: empty once desired equals actual. */
export function differences(evidence: Evidence): Violation[] {
  const { subjects, droplets, stored } = evidence;
  const alive = Map.groupBy(droplets, ({ name }) => name);
  const wanted = new Map(
    subjects.filter(({ declared }) => declared).map((subject) => [subject.dropletName, subject]),
  );
  const stray = droplets
    .filter(({ name }) => !wanted.has(name))
    .map(({ name, id }) => ({ droplet: name, text: `droplet ${id} belongs to no bot that is declared` }));
  const wrong = [...wanted].flatMap(([droplet, subject]) =>
    wrongs(subject, alive.get(droplet) ?? [], stored).map((text) => ({ droplet, text })),
  );
  const names = new Set([...wanted.values()].map(({ name }) => resourceKey('default', name)));
  const left = [...stored.keys()]
    .filter((key) => !names.has(resourceKey('default', key.slice('default/'.length))))
    .map((key) => ({ droplet: key, text: 'its record outlives it' }));
  return [...stray, ...wrong, ...left];
}

function wrongs(subject: Subject, droplets: readonly DropletView[], stored: Stored): string[] {
  const [droplet, another] = droplets;
  if (!droplet || another) return [`${subject.name}: ${droplets.length} droplets, 1 wanted`];
  const record = stored.get(resourceKey('default', subject.name));
  const ready = record?.status.conditions?.find(({ type }) => type === 'Ready');
  const status = subject.powerState === 'Running' ? 'active' : 'off';
  const facts: [boolean, string][] = [
    [droplet.status === status, `is ${droplet.status}, wanted ${status}`],
    [droplet.size === subject.size, `has size ${droplet.size}, wanted ${subject.size}`],
    [
      sameTags(subject, droplet),
      `has tags ${droplet.tags.join(', ')}, wanted ${subject.tags.join(', ')} and ours`,
    ],
    [!droplet.dying, 'is being destroyed'],
    [record?.status.droplet?.id === droplet.id, `is not the one recorded, ${record?.status.droplet?.id}`],
    [ready?.status === 'True', `its bot is not Ready: ${ready?.reason} ${ready?.message}`],
    [record?.status.observedGeneration === record?.generation, 'its bot’s last change was not observed'],
  ];
  return facts
    .filter(([holds]) => !holds)
    .map(([, text]) => `${subject.name}: droplet ${droplet.id} ${text}`);
}

function sameTags({ name, tags }: Subject, droplet: DropletView): boolean {
  const uid = uidOfDropletName(droplet.name) ?? '';
  const wanted = [commonTag, botTag(uid), fleetTag(fleetID), keyTag(resourceKey('default', name)), ...tags];
  const lasting = droplet.tags.filter((tag) => !/^(birth|request)-/.test(tag));
  const isBorn = birthOfTags(droplet.tags) !== undefined;
  return isBorn && wanted.toSorted().join() === lasting.toSorted().join();
}

/** What must never have happened, whatever came of it in the end. `cloudAhead`: the cloud's clock minus ours, in ms. */
export function sins(evidence: Evidence, journal: readonly JournalEntry[], cloudAhead: number): Violation[] {
  const { subjects, lives, overlaps } = evidence;
  const subjectOf = new Map(subjects.map((subject) => [subject.dropletName, subject]));
  const nameOf = new Map(lives.map(({ id, name }) => [id, name]));
  const births = Map.groupBy(lives, ({ name }) => name);
  return [
    ...overlaps.map(({ name, ids }) => ({
      droplet: name,
      text: `lived twice at once: ${ids.join(' and ')}`,
    })),
    ...[...births].flatMap(([name, born]) => wrongBirths(name, subjectOf.get(name), born)),
    ...wrongDeletes(journal, nameOf, subjectOf, cloudAhead),
    ...wrongReboots(journal, nameOf, subjectOf),
  ];
}

/** Once for each bot and each redeploy; a bot destroyed meanwhile may have missed its last one. */
function wrongBirths(droplet: string, subject: Subject | undefined, born: readonly Life[]): Violation[] {
  if (!subject) return [{ droplet, text: 'was created for no bot' }];
  const most = 1 + subject.redeploys;
  const least = subject.declared ? most : 0;
  if (born.length >= least && born.length <= most) return [];
  return [{ droplet, text: `${subject.name}: created ${born.length} times, ${most} wanted` }];
}

/** Each droplet destroyed was to be: up to any moment no more of a bot's were than was asked for until then. */
function wrongDeletes(
  journal: readonly JournalEntry[],
  nameOf: ReadonlyMap<number, string>,
  subjectOf: ReadonlyMap<string, Subject>,
  cloudAhead: number,
): Violation[] {
  const destroyed = new Map<string, Set<string>>();
  return journal.flatMap(({ method, path, at }) => {
    if (method !== 'DELETE' || !path.startsWith('/v2/droplets')) return [];
    const id = path.slice('/v2/droplets/'.length);
    const droplet = nameOf.get(Number(id)) ?? 'unknown';
    const ids = (destroyed.get(droplet) ?? new Set()).add(id);
    destroyed.set(droplet, ids);
    const asked = subjectOf.get(droplet)?.asks.filter((ask) => ask.at <= at - cloudAhead + 1) ?? [];
    return ids.size > asked.length
      ? [{ droplet, text: `DELETE of ${id || path} that nobody asked for` }]
      : [];
  });
}

/** No reboot happened more often than it was asked for. */
function wrongReboots(
  journal: readonly JournalEntry[],
  nameOf: ReadonlyMap<number, string>,
  subjectOf: ReadonlyMap<string, Subject>,
): Violation[] {
  const reboots = journal.filter(
    ({ route, status, body }) =>
      route === 'POST /v2/droplets/:id/actions' &&
      status === 201 &&
      (body as { type?: unknown } | undefined)?.type === 'reboot',
  );
  const byName = Map.groupBy(reboots, ({ dropletIDs }) => nameOf.get(dropletIDs[0] ?? 0) ?? 'unknown');
  return [...byName].flatMap(([droplet, done]) => {
    const asked = subjectOf.get(droplet)?.reboots ?? 0;
    return done.length > asked
      ? [{ droplet, text: `rebooted ${done.length} times, ${asked} asked for` }]
      : [];
  });
}
