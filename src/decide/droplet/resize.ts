import { omit } from '../../kit/pick.ts';
import type { Operation } from '../../model/spec/bot-status.ts';
import type { Catalogue, Droplet, SizeOffer } from '../../ports/cloud.ts';
import { atStep, beginOperation, endOperation } from '../operation.ts';
import {
  type Concern,
  isoOf,
  normal,
  progressing,
  type Situation,
  stalled,
  timeOf,
  type Verdict,
  type Waiting,
  warning,
} from '../situation.ts';
import { bringDown, powerOn, seenDroplet } from './power.ts';
import { refusalOf } from './refusal.ts';
import { underWay, unlessRecent } from './unless-recent.ts';

/** What a change of size would take. */
type ResizeCheck =
  | { readonly kind: 'unchanged' }
  /** The droplet has that size already, no matter who resized it; only the record lacks it. */
  | { readonly kind: 'reached' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'smallerDisk'; readonly message: string }
  | { readonly kind: 'refused'; readonly waiting: Waiting }
  | { readonly kind: 'possible' };

/** A resize that the cloud accepted and has not carried out after this long has failed. */
const resizePatienceMs = 15 * 60_000;

/**
 * Compares the declared size with the one asked for at creation, or with the droplet's own if there is no
 * record of that. A size left to its default, then and now, never differs: a new default powers nothing off.
 * A droplet is resized in place only if its disk need not shrink; the disk itself is never resized, so every
 * resize can be undone.
 */
export function checkResize(situation: Situation): ResizeCheck {
  const record = situation.status.droplet;
  const droplet = seenDroplet(situation);
  if (!record || !droplet || record.origin === 'Adopted') return { kind: 'unchanged' };
  const declared = situation.spec.droplet?.size !== undefined || record.template?.declared.includes('size');
  if (!declared || (record.template ?? droplet).size === situation.wanted.size) return { kind: 'unchanged' };
  if (droplet.size === situation.wanted.size) return { kind: 'reached' };
  if (!situation.catalogue) return { kind: 'unknown' };
  return judge(situation, situation.catalogue, droplet);
}

function judge(situation: Situation, catalogue: Catalogue, droplet: Droplet): ResizeCheck {
  const slug = situation.wanted.size;
  const offer = catalogue.sizes.find((size) => size.slug === slug);
  if (!offer) return refused('InvalidSize', `Size ${slug} does not exist; ${validSizes(catalogue, droplet)}`);
  if (!offer.available || !offer.regions.includes(droplet.region)) {
    return refused(
      'SizeUnavailable',
      `Size ${slug} is not available in ${droplet.region}; ${validSizes(catalogue, droplet)}`,
    );
  }
  if (offer.diskGB < droplet.diskGB) {
    return {
      kind: 'smallerDisk',
      message: `size ${slug} has a disk of ${offer.diskGB} GB, and the droplet one of ${droplet.diskGB} GB`,
    };
  }
  return overBudget(situation, offer, droplet) ?? { kind: 'possible' };
}

function refused(reason: string, message: string): ResizeCheck {
  return { kind: 'refused', waiting: stalled(reason, message) };
}

function validSizes(catalogue: Catalogue, droplet: Droplet): string {
  const fitting = catalogue.sizes.filter(
    (size) => size.available && size.regions.includes(droplet.region) && size.diskGB >= droplet.diskGB,
  );
  const slugs = fitting.slice(0, 8).map((size) => size.slug);
  return `valid here: ${slugs.join(', ')}${fitting.length > 8 ? ', …' : ''}`;
}

function overBudget(situation: Situation, offer: SizeOffer, droplet: Droplet): ResizeCheck | undefined {
  const more = offer.priceMonthlyUSD - droplet.priceMonthlyUSD;
  const { budgetLeftUSD: left } = situation;
  if (left === undefined || more <= 0 || more <= left) return undefined;
  const message =
    `Size ${offer.slug} costs $${more.toFixed(2)} more a month; the account’s budget leaves ` +
    `$${Math.max(0, left).toFixed(2)}`;
  return { kind: 'refused', waiting: progressing('BudgetExceeded', message) };
}

/** Begins a resize once it is known to be possible: power off, resize, power on. */
export const resize: Concern = (situation) => {
  if (situation.status.operation) return undefined;
  const check = checkResize(situation);
  if (check.kind === 'reached') return reached(situation);
  if (check.kind === 'unknown') return { look: { kind: 'catalogue' } };
  const droplet = seenDroplet(situation);
  if (check.kind !== 'possible' || refusedBefore(situation)) return undefined;
  if (!droplet || droplet.status === 'new') return undefined;
  const status = beginOperation(situation, { type: 'Resize', step: 'Shutdown', size: situation.wanted.size });
  return {
    status,
    again: true,
    notes: [normal('Resizing', `Droplet ${droplet.id}: ${droplet.size} to ${situation.wanted.size}`)],
  };
};

/** The cloud has refused this very size: it is not asked for again before the spec changes. */
function refusedBefore({ status, bot }: Situation): Waiting | undefined {
  const refusal = refusalOf({ generation: bot.generation, status }, 'resize');
  return refusal && stalled('ResizeRefused', refusal.message);
}

/** How long until a refused size is checked again: offers and budgets change without notice. */
const refusedLookMs = 600_000;

/** Reports a resize that is not possible, once nothing else is left to do; the droplet stays as it is. */
export const refusedResize: Concern = (situation) => {
  if (situation.status.operation) return undefined;
  const check = checkResize(situation);
  const waiting = check.kind === 'refused' ? check.waiting : refusedBefore(situation);
  if (check.kind === 'unchanged' || !waiting) return undefined;
  return { waiting, requeueAt: situation.now + refusedLookMs };
};

/** Continues an open Resize. */
export function continueResize(situation: Situation, operation: Operation): Verdict {
  const droplet = seenDroplet(situation);
  const size = operation.size;
  if (!droplet || size === undefined) return { status: endOperation(situation.status), again: true };
  if (operation.step === 'PowerOn') return finishOn(situation, droplet);
  if (droplet.size === size) return resized(situation, operation, size);
  if (isOvertaken(situation, operation))
    return { status: atStep(situation, operation, 'PowerOn'), again: true };
  if (droplet.status === 'active') return bringDown(situation, operation, droplet);
  return sendResize(situation, operation, droplet, size);
}

/**
 * Another size is declared by now and only the power was touched yet: it is not resized only to be resized
 * back.
 */
function isOvertaken({ wanted }: Situation, { step, size }: Operation): boolean {
  return step !== 'Resize' && wanted.size !== size;
}

function sendResize(situation: Situation, operation: Operation, droplet: Droplet, size: string): Verdict {
  const effect = {
    kind: 'act',
    dropletID: droplet.id,
    request: { type: 'resize', size, disk: false },
  } as const;
  const waiting = progressing('Resizing', `Droplet ${droplet.id} is being resized to ${size}`);
  if (operation.step === 'Resize' && situation.now - timeOf(operation.stepAt) > resizePatienceMs)
    return underWay(situation, effect, waiting) ?? giveUp(situation, size);
  const status = atStep(situation, operation, 'Resize');
  return { status, ...unlessRecent({ ...situation, status }, effect, waiting, 120_000) };
}

function giveUp(situation: Situation, size: string): Verdict {
  const { status, now, bot } = situation;
  const message = `The cloud accepted the resize to ${size} and did not carry it out within 15 minutes; declare another size, or change the spec to try again.`;
  const refusal = { what: 'resize', message, at: isoOf(now), count: 1, generation: bot.generation };
  return {
    status: { ...endOperation(status), refusal },
    again: true,
    notes: [warning('Refused', message)],
  };
}

/** The droplet's own size counts, whatever became of the action that was to change it. */
function resized(situation: Situation, operation: Operation, size: string): Verdict {
  return recorded({ ...situation, status: atStep(situation, operation, 'PowerOn') }, size);
}

/** Somebody else resized it: nothing is left to do or to refuse. */
function reached(situation: Situation): Verdict {
  const { status, wanted } = situation;
  const accepted = status.refusal?.what === 'resize' ? omit(status, 'refusal') : status;
  return recorded({ ...situation, status: accepted }, wanted.size);
}

function recorded({ status }: Situation, size: string): Verdict {
  const record = status.droplet;
  const notes = [normal('Resized', `Droplet ${record?.id} has size ${size}`)];
  if (!record?.template) return { status, again: true, notes };
  const template = { ...record.template, size, declared: withSize(record.template.declared) };
  return { status: { ...status, droplet: { ...record, template } }, again: true, notes };
}

function withSize(declared: readonly string[]): string[] {
  return [...new Set([...declared, 'size'])];
}

function finishOn(situation: Situation, droplet: Droplet): Verdict {
  if (situation.running && droplet.status === 'off') return powerOn(situation, droplet);
  return { status: endOperation(situation.status), again: true };
}
