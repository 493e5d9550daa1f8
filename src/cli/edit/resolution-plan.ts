import { UserError } from '../../config/user-error.ts';
import { fleetTag } from '../../model/identity.ts';
import type { BotRecord } from '../../model/records.ts';
import type { Candidate, Standing } from '../select/candidates.ts';
import { ageSince } from '../text/age.ts';
import { renderTable } from '../text/table.ts';
import type { Paint } from '../text/terminal.ts';

/** What there is to choose from, for people. `now` is epoch milliseconds. */
export function candidateTable(candidates: readonly Candidate[], now: number, paint: Paint): string {
  const columns = [
    { header: 'ID', cell: ({ droplet }: Candidate) => String(droplet.id) },
    { header: 'STATUS', cell: ({ droplet }: Candidate) => droplet.status },
    { header: 'BIRTH', cell: ({ birth }: Candidate) => String(birth ?? '-') },
    {
      header: 'CREATED',
      cell: ({ droplet }: Candidate) => `${droplet.createdAt} (${ageSince(droplet.createdAt, now)} ago)`,
    },
    { header: 'IP', cell: ({ droplet }: Candidate) => droplet.publicIPv4 ?? '-' },
    { header: 'WHAT IT IS', cell: ({ standing }: Candidate) => standingText(standing) },
  ];
  return renderTable(columns, candidates, { paint, indent: '  ' });
}

function standingText(standing: Standing): string {
  switch (standing.kind) {
    case 'recorded':
      return 'on record';
    case 'late':
      return 'of an earlier create, answered late';
    case 'returned':
      return 'the bot’s before; it was counted as lost, and is there again';
    case 'ahead':
      return 'of a create that this state does not know';
    case 'twin':
      return 'of the birth of the recorded one: another controller’s, or a copy';
    case 'unborn':
      return 'without a birth: restored by hand, or older than births';
    case 'unjudged':
      return 'too young: its tags may still come';
    case 'stranger':
      return 'without the fleet’s tag';
    case 'released':
      return 'released from the fleet';
    case 'foreign':
      return `of fleet ${standing.fleetID}`;
    case 'taken':
      return `on record for bot ${standing.holder}`;
  }
}

/** Throws, with the list, when the bot cannot keep the droplet `keep`. */
export function requireChoice(
  bot: BotRecord,
  candidates: readonly Candidate[],
  { keep, fleetID, table }: { readonly keep: number; readonly fleetID: string; readonly table: string },
): Candidate {
  const chosen = candidates.find(({ droplet }) => droplet.id === keep);
  if (!chosen)
    throw new UserError(
      `Droplet ${keep} is neither on record for bot ${bot.key} nor bears its name${choiceText(table, candidates)}`,
      'Give --keep one of its own; any other droplet is taken over by `clawfleet adopt`.',
    );
  const hindrance = hindranceOf(chosen.standing, fleetID);
  if (hindrance) throw new UserError(`Droplet ${keep} is ${standingText(chosen.standing)}.`, hindrance);
  return chosen;
}

function choiceText(table: string, { length }: readonly Candidate[]): string {
  return length > 0 ? `, as these do:\n${table}` : ', and no droplet does.';
}

function hindranceOf(standing: Standing, fleetID: string): string | undefined {
  switch (standing.kind) {
    case 'foreign':
      return 'It is left alone. If it is this fleet’s all the same, take the other fleet’s tag off it first.';
    case 'taken':
      return `\`clawfleet describe bot ${standing.holder}\` shows more.`;
    case 'released':
    case 'stranger':
      return `If it is this fleet’s, give it the tag ${fleetTag(fleetID)} first.`;
    default:
      return undefined;
  }
}

/** What the controller does about each droplet once `chosen` is decided, a line each. */
export function resolutionLines(
  bot: BotRecord,
  candidates: readonly Candidate[],
  chosen: Candidate,
): string[] {
  return candidates.map(
    (each) =>
      `  ${each.droplet.id} ${each.droplet.id === chosen.droplet.id ? keeping(bot, each) : fate(each)}`,
  );
}

function keeping({ status }: BotRecord, { standing }: Candidate): string {
  if (standing.kind === 'recorded') return 'stays on record.';
  const place = status.droplet ? ` in the place of ${status.droplet.id}` : '';
  return `is put on record${place}. An agent on it whose token this state does not know needs \`clawfleet token\`.`;
}

/** As `duplicates` of src/decide does: what has a birth is surplus, what has none is nobody's to destroy. */
function fate({ birth, standing }: Candidate): string {
  switch (standing.kind) {
    case 'foreign':
    case 'taken':
    case 'released':
    case 'stranger':
      return `is left alone: it is ${standingText(standing)}.`;
    case 'unjudged':
      return 'is left alone while its tags do not show; it is destroyed if they show a birth.';
    default:
      return birth === undefined
        ? 'is left alone: it has no birth, so a person made it. Destroy it yourself if nobody needs it.'
        : 'is destroyed, with everything on it.';
  }
}
