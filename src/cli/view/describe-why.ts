import { kindOf, type SourceConfig } from '../../config/source-config.ts';
import { UserError, usageError } from '../../config/user-error.ts';
import type { LastDecision } from '../../decide/decision.ts';
import { yamlText } from '../../model/manifest/yaml-text.ts';
import type { ResourceKey } from '../../model/resource-key.ts';
import type { CliContext } from '../cli-context.ts';
import type { ResourceKind } from '../select/resource-args.ts';
import { section } from '../text/sections.ts';
import { type Paint, paintFor, printTo } from '../text/terminal.ts';
import { verdictLines } from './verdict-lines.ts';

interface WhyFlags {
  readonly why?: boolean;
  readonly controller: string;
  readonly output?: 'json';
  readonly config: SourceConfig;
}

/** `describe bot NAME… --why`. */
export async function describeWhy(
  kind: ResourceKind,
  keys: readonly ResourceKey[],
  flags: WhyFlags,
  { stdout }: CliContext,
): Promise<void> {
  if (kind !== 'bot' || !flags.why)
    throw usageError('--why is about bots, and --output about --why.', 'Give `describe bot NAME --why`.');
  const place = { controller: parseController(flags.controller), hint: hintFor(flags.config) };
  const found = await Promise.all(keys.map((key) => lastDecision(key, place)));
  const [first] = found;
  const text = flags.output
    ? JSON.stringify(found.length === 1 ? first : found, null, 2)
    : found.map((one) => whyText(one, paintFor(stdout))).join('\n\n');
  await printTo(stdout, text);
}

function parseController(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return text;
  throw usageError(
    `--controller must be a URL, got ${JSON.stringify(text)}.`,
    `For example ${defaultController}, the default of \`run --listen\`.`,
  );
}

/** Decisions are shown on the controller's own machine alone. */
function hintFor(config: SourceConfig): string {
  const reach = kindOf(config).reachAdvice(config);
  return `${reach}Start \`clawfleet run\`, or give --controller http://HOST:PORT as its --listen says.`;
}

const unkept = {
  AtRest: 'It is at rest: the last pass found nothing to do. Its conditions say the rest.',
  NotKept:
    'No decision is kept: none was made since the controller started, or those of a thousand other bots came after it.',
} as const;

/** The verdict in words, then in full with what it rests on. */
function whyText(found: LastDecision, paint: Paint): string {
  if (!found.kept) return `${found.bot}: ${unkept[found.why]}`;
  const { bot, decidedAt, decision, input } = found;
  const block = (value: object) =>
    yamlText(value)
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`);
  return [
    `${bot}: decided at ${decidedAt}.`,
    ...verdictLines(decision).map((line) => `  ${line}`),
    ...section('Verdict', block(decision), paint),
    ...section('Input', block(input), paint),
  ].join('\n');
}

export const defaultController = 'http://127.0.0.1:9464';

interface WhyPlace {
  /** Where the controller serves its pages, `http://HOST:PORT`. */
  readonly controller: string;
  /** How to reach a controller that is not on this machine, for people. */
  readonly hint: string;
}

const patienceMs = 10_000;

/** The last decision about the bot, as the controller keeps it. Throws a UserError that says what to do. */
async function lastDecision(key: ResourceKey, place: WhyPlace): Promise<LastDecision> {
  const url = `${place.controller.replace(/\/+$/, '')}/debug/decisions/${key}`;
  const answer = await fetched(url, place);
  const text = await answer.text();
  if (answer.ok) return parsed(text, place);
  const [line = ''] = text.trim().split('\n');
  if (answer.status === 404 && /^There is no bot /.test(line))
    throw new UserError(line, 'The controller there may have another --source: see --controller.');
  throw new UserError(`${url} answers ${answer.status}: ${line}`, place.hint);
}

async function fetched(url: string, { controller, hint }: WhyPlace): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
  } catch (error) {
    const { cause } = error as Error;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    throw new UserError(`No controller can be asked at ${controller}: ${why}.`, hint);
  }
}

function parsed(text: string, { controller, hint }: WhyPlace): LastDecision {
  try {
    const found = JSON.parse(text) as LastDecision;
    if (typeof found.kept === 'boolean') return found;
  } catch {
    // No JSON at all is no answer of ours either.
  }
  throw new UserError(`What answers at ${controller} is no controller of this release.`, hint);
}
