import type { OfferRequest, ReadRequest, SlotRequest } from '../../decide/effect.ts';
import type { Admission, CreateOffer } from '../../decide/input.ts';
import { dropletName } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import { faultOf } from '../../ports/port-error.ts';
import { provenDroplets, usesGPUs } from '../cloud/listing.ts';
import type { PassContext } from '../engine/pass.ts';
import { doubtOf, unseenDroplet } from '../memory/in-doubt-tracker.ts';

/** Carries out one read that a decision asked for, or takes a slot, and adds the answer to what the pass knows. */
export async function read(context: PassContext, bot: BotRecord, request: ReadRequest): Promise<void> {
  switch (request.kind) {
    case 'droplet':
      return lookAtDroplet(context, bot, request.dropletID);
    case 'name':
      return lookByName(context, bot);
    case 'adoptee':
      return lookAtAdoptee(context, request.dropletID);
    case 'actions':
      return lookAtActions(context, bot, request.dropletID);
    case 'action':
      return lookAtAction(context, bot, request.actionID);
    case 'catalogue':
      context.knowledge.catalogue = await context.site.cloud.catalogue(callOptions(context));
      return;
    case 'offer':
      context.knowledge.offer = await readOffer(context, request);
      return;
    case 'slot':
      return takeSlot(context, bot, request);
  }
}

async function takeSlot(context: PassContext, bot: BotRecord, request: SlotRequest): Promise<void> {
  const { knowledge } = context;
  knowledge.slots = { ...knowledge.slots, [request.slot]: await askSlot(context, bot, request) };
}

function askSlot(context: PassContext, bot: BotRecord, request: SlotRequest): Admission | Promise<Admission> {
  const { engine, site } = context;
  switch (request.slot) {
    case 'create':
      return askCreate(context, bot);
    case 'remediation':
      return engine.agents?.askRemediation(bot, request.remediation) ?? noAgents;
    case 'destruction':
      return engine.holds.destructions.ask(bot.key, request.dropletID, site);
  }
}

/** No bot is silent where nobody listens. */
const noAgents: Admission = { admitted: false, reason: 'RemedyWaits', message: 'No bot API is served' };

/** The place in the quota and in the budget is taken in the very turn in which the create is admitted. */
function askCreate({ engine, site, knowledge }: PassContext, bot: BotRecord): Admission {
  const answer = site.admission.ask(bot.key, bot.status.replacements !== undefined);
  if (answer.admitted) {
    const slug = effectiveDroplet(bot.spec?.droplet).size;
    const offer = knowledge.catalogue?.sizes.find((size) => size.slug === slug);
    engine.quota.reserve(bot.key, offer?.priceMonthlyUSD ?? 0);
  }
  return answer;
}

function callOptions({ site }: PassContext) {
  return { class: 'urgent', signal: site.signal } as const;
}

async function lookAtDroplet(context: PassContext, bot: BotRecord, id: number): Promise<void> {
  const { site, knowledge, engine } = context;
  const begunAt = engine.clock.monotonic();
  const state = await site.read(id, 'urgent', isProvable(context, bot, id));
  const droplet = state === 'alive' ? site.view.droplet(id) : undefined;
  if (droplet) knowledge.confirmed.set(id, { droplet, begunAt });
  else knowledge.confirmed.delete(id);
  if (state === 'doubtful') knowledge.unproven.add(id);
}

/** Whether a 404 would prove absence: the droplet was seen before, or its 202 is older than the settling window. */
function isProvable({ engine, site }: PassContext, bot: BotRecord, id: number): boolean {
  const record = bot.status.droplet;
  if (record?.id !== id || record.seen || site.view.wasSeen(id)) return true;
  return engine.doubts.watch(bot.uid, unseenDroplet(id)).elapsedMs >= engine.settings.settlingWindowMs;
}

/** A whole look-up: by exact name, all pages. */
async function lookByName(context: PassContext, bot: BotRecord): Promise<void> {
  const { engine, site } = context;
  const begunAt = engine.clock.monotonic();
  const gpus = usesGPUs(engine.source.bots());
  const listing = await site.cloud.listByName(dropletName(bot.uid), { ...callOptions(context), gpus });
  // A search may lag a death as a listing does.
  for (const droplet of provenDroplets(listing))
    if (!site.view.isBuried(droplet.id)) site.view.observe(droplet, begunAt, 'read');
  context.knowledge.searched = true;
  const subject = doubtOf(bot);
  if (subject !== undefined) engine.doubts.lookedUp(bot.uid, subject, begunAt);
}

async function lookAtAdoptee(context: PassContext, id: number): Promise<void> {
  const begunAt = context.engine.clock.monotonic();
  try {
    const droplet = await context.site.cloud.getDroplet(id, callOptions(context));
    context.knowledge.adoptee = droplet;
    context.site.view.observe(droplet, begunAt, 'read');
  } catch (error) {
    if (!faultOf(error, 'absent')) throw error;
    context.knowledge.adoptee = 'absent';
  }
}

async function lookAtActions(context: PassContext, bot: BotRecord, dropletID: number): Promise<void> {
  const begunAt = context.engine.clock.monotonic();
  context.knowledge.actions = await context.site.cloud.listActions(dropletID, callOptions(context));
  const subject = doubtOf(bot);
  if (subject !== undefined) context.engine.doubts.lookedUp(bot.uid, subject, begunAt);
}

async function lookAtAction(context: PassContext, bot: BotRecord, id: number): Promise<void> {
  try {
    const action = await context.site.cloud.getAction(id, callOptions(context));
    context.knowledge.action = action;
    if (action.status === 'in-progress') context.engine.effects.stillOpen(bot.uid, id);
  } catch (error) {
    if (!faultOf(error, 'absent')) throw error;
    context.knowledge.action = { id, status: 'errored', startedAt: new Date(0).toISOString() };
  }
}

/** Asks the cloud for everything that a create would name. What the token may not see is no obstacle. */
async function readOffer(
  { site }: PassContext,
  { image, sshKeys, vpcUUID }: OfferRequest,
): Promise<CreateOffer> {
  const { cloud, signal, admission } = site;
  const options = { class: 'urgent', signal, fresh: true } as const;
  const missingKeys: string[] = [];
  for (const key of sshKeys)
    if ((await found(() => cloud.sshKey(key, options))) === 'absent') missingKeys.push(key);
  return {
    image: await found(() => cloud.image(image, options)),
    missingKeys,
    ...(vpcUUID !== undefined && { vpc: await found(() => cloud.vpc(vpcUUID, options)) }),
    isAtDropletLimit: admission.atDropletLimit,
  };
}

async function found<T>(read: () => Promise<T>): Promise<T | 'absent' | 'unchecked'> {
  try {
    return await read();
  } catch (error) {
    const fault = faultOf(error, 'absent', 'unauthorised');
    if (!fault) throw error;
    return fault.kind === 'absent' ? 'absent' : 'unchecked';
  }
}
