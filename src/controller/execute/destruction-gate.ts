import { isElsewhere } from '../../decide/blocked.ts';
import { type Destruction, type Effect, isUnasked } from '../../decide/effect.ts';
import { dropletName, fleetTag, foreignFleetOfTags } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { ActionRequest, Droplet } from '../../ports/cloud.ts';
import type { EngineFleet } from '../engine/engine.ts';
import type { PassContext } from '../engine/pass.ts';
import { heldOf } from '../observe/decision-input.ts';
import { read } from '../observe/read.ts';
import { leaveWithinMs } from '../settings.ts';

/** What stops, cuts or ends a droplet: it passes the gate, as a destruction does. */
const disruptive: ReadonlySet<ActionRequest['type']> = new Set(['shutdown', 'power_off', 'reboot', 'resize']);

/** A slot, a place in the budget or a write may have to be waited for between the decision and the order. */
const freshMs = 1_000;

type Order = Extract<Effect, { kind: 'destroy' | 'act' }>;

export function passesGate(effect: Effect): effect is Order {
  return effect.kind === 'destroy' || (effect.kind === 'act' && disruptive.has(effect.request.type));
}

/**
 * Why the order must not leave although it was decided and stored; undefined when it may. To be asked last, once the call has
 * its place in the budget: whatever decided, nothing is ended that this pass has not read, that is another's, or that nobody
 * asked for while the fleet is in doubt.
 */
export async function objectionTo(
  context: PassContext,
  bot: BotRecord,
  order: Order,
): Promise<string | undefined> {
  const stays = order.kind === 'destroy' ? order.stays : undefined;
  for (const id of [stays, order.dropletID])
    if (id !== undefined && !(await isAsDecided(context, bot, id)))
      return `droplet ${id} is no longer as it was when this was decided`;
  return foreignness(context, bot, order) ?? forbidden(context, bot, order) ?? leaseEnd(context);
}

/** Reads the droplet, unless this pass did so a moment ago: what is decided rests on what is so now. */
async function isAsDecided(context: PassContext, bot: BotRecord, id: number): Promise<boolean> {
  const { knowledge, site, engine } = context;
  const decidedOn = knowledge.confirmed.get(id);
  const before = decidedOn?.droplet ?? site.view.droplet(id);
  if (!decidedOn || engine.clock.monotonic() - decidedOn.begunAt > freshMs)
    await read(context, bot, { kind: 'droplet', dropletID: id });
  const now = knowledge.confirmed.has(id) && site.view.lives(id) ? site.view.droplet(id) : undefined;
  return before !== undefined && now !== undefined && isSame(before, now);
}

function isSame(a: Droplet, b: Droplet): boolean {
  const isAlike = a.name === b.name && a.status === b.status && a.tags.length === b.tags.length;
  return isAlike && a.tags.every((tag) => b.tags.includes(tag));
}

/** Recorded by this bot alone; or of its exact name, with the fleet's tag, and recorded by nobody. */
function foreignness({ engine, site }: PassContext, bot: BotRecord, order: Order): string | undefined {
  const id = order.dropletID;
  const { fleetID } = engine.source.fleet().state;
  const droplet = site.view.droplet(id);
  const recorded = bot.status.droplet?.cloud;
  if (recorded && isElsewhere(recorded, site.situation().identity)) return 'the record is of another cloud';
  const holder = engine.owners.holdersOf(id).find((key) => key !== bot.key);
  if (holder !== undefined) return `bot ${holder} records droplet ${id}`;
  if (!droplet || foreignFleetOfTags(droplet.tags, fleetID) !== undefined)
    return `droplet ${id} belongs to another fleet`;
  if (engine.owners.ofDroplet(id) === bot.key) return undefined;
  const isOurs = droplet.name === dropletName(bot.uid) && droplet.tags.includes(fleetTag(fleetID));
  return isOurs ? undefined : `droplet ${id} is not this bot's`;
}

/** What stands against what nobody asked for, and against what an old state asks for. */
function forbidden({ engine, site }: PassContext, bot: BotRecord, order: Order): string | undefined {
  const { holds } = engine;
  if (heldOf(engine, bot) !== undefined) return 'it is held until a person confirms it';
  if (order.kind === 'act')
    return isRemediation(bot, order) ? (site.incidents.current?.message ?? old(holds)) : undefined;
  if (order.cause === 'Deletion' || order.cause === 'Resolved') return undefined;
  return old(holds) ?? (isUnasked(order.cause) ? unaskedHindrance({ engine, site }, bot, order) : undefined);
}

function old({ oldState }: EngineFleet['holds']): string | undefined {
  return oldState && 'the state is older than the fleet';
}

/** A reboot that nobody requested. */
function isRemediation({ status }: BotRecord, { request }: Order & { kind: 'act' }): boolean {
  return request.type === 'reboot' && status.operation?.requestID === undefined;
}

function unaskedHindrance(
  { engine, site }: Pick<PassContext, 'engine' | 'site'>,
  bot: BotRecord,
  { dropletID }: Destruction,
): string | undefined {
  if (site.incidents.current) return site.incidents.current.message;
  return engine.holds.destructions.isGranted(bot.key, dropletID) ? undefined : 'no slot was taken for it';
}

function leaseEnd({ engine }: PassContext): string | undefined {
  return engine.leadership.msLeft() < leaveWithinMs ? 'the lease ends within 5 s' : undefined;
}
