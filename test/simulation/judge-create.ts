import type { DirectorySource } from '../../src/adapters/directory/directory-source.ts';
import { birthOfTags } from '../../src/model/birth.ts';
import type { History } from './histories.ts';
import type { Droplet, Truth } from './truth.ts';

export interface CreateOrder {
  readonly name: string;
  readonly tags: readonly string[];
}

/** What is wrong with a create that is about to reach the cloud, and how many living droplets beside it are excused. */
export interface CreateVerdict {
  readonly wrong: readonly string[];
  readonly excused: number;
}

/** Absence counts as proven after this, in ms: the default of --absence-window. */
const absenceWindowMs = 30_000;

/** For a declared bot, of a birth that rises, and never beside a living droplet of that name that could be seen. */
export function judgeCreate(
  truth: Truth,
  { posted }: History,
  by: DirectorySource,
  { name, tags }: CreateOrder,
): CreateVerdict {
  const birth = birthOfTags(tags) ?? 0;
  const before = posted.get(name) ?? 0;
  posted.set(name, Math.max(birth, before));
  const beside = truth.droplets().filter((droplet) => isOf(truth, droplet, name));
  const seeable = beside.filter(({ id }) => !mayBeUnknown(truth, by, id));
  const wrong = [
    birth > before ? '' : `${name} is created with birth ${birth} after birth ${before}`,
    truth.fleet.names().has(name) ? '' : `${name} is created for no bot`,
    ...seeable.map(({ id }) => `${name} is created beside ${id}, which lives`),
  ];
  return { wrong: wrong.filter(Boolean), excused: beside.length - seeable.length };
}

/** Made by a controller, for that bot. */
function isOf(truth: Truth, { id }: Droplet, name: string): boolean {
  return truth.bornAs(id).name === name && !truth.ledger.byHand.has(id);
}

/** The cloud lied for long, or just now and to a state that knows nothing of it; another controller made it, or people changed it. */
function mayBeUnknown({ ledger, excusedSince, now }: Truth, by: DirectorySource, id: number): boolean {
  const longMs = ledger.ordered.has(id) ? 0 : absenceWindowMs;
  if (ledger.wasDenied(id, longMs, excusedSince) || ledger.hadTwin(excusedSince)) return true;
  const isRecorded = [...by.bots()].some(({ status }) => status.droplet?.id === id);
  const isDenied = ledger.hasOldState && ledger.isDenied(id, now);
  return (ledger.changed.has(id) || isDenied) && !isRecorded;
}
