import type { BotRecord } from '../../model/records.ts';
import { type BotSpec, deletionPolicyOf, personaOf, powerStateOf } from '../../model/spec/bot-spec.ts';
import { displayNameOf } from '../../model/spec/display-name.ts';
import { shownFields } from '../../model/spec/droplet-fields.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import { fieldLines } from '../text/sections.ts';

/** What is declared, defaults filled in, each matter on a line. */
export function specLines({ spec, name }: Pick<BotRecord, 'spec' | 'name'>): string[] {
  if (!spec) return ['  nothing valid yet'];
  return fieldLines(
    [
      ['Account', spec.accountRef.name],
      ['Display name', displayNameOf(spec.displayName, name)],
      ['Persona', personaOf(spec)],
      ['Power', powerStateOf(spec)],
      ['Droplet', dropletText(spec, 'Droplet')],
      ['Extras', dropletText(spec, 'Extras')],
      ['LLM', spec.llm && `${spec.llm.provider}, key ${keyText(spec.llm)}`],
      [
        'On deletion',
        deletionPolicyOf(spec) === 'Delete' ? 'the droplet is destroyed' : 'the droplet is released',
      ],
      ['Protection', spec.deletionProtection ? 'it is kept when it is deleted' : undefined],
      ['Adopts', spec.adopt && `droplet ${spec.adopt.dropletID}`],
      ['Reboot request', spec.rebootRequest],
      ['Redeploy request', spec.redeployRequest],
    ],
    '  ',
  );
}

function dropletText(spec: BotSpec, line: 'Droplet' | 'Extras'): string {
  const droplet = effectiveDroplet(spec.droplet);
  return shownFields(line)
    .flatMap(({ field, word }) => valueText(droplet[field], word))
    .join(', ');
}

/** Nothing for what is off, empty or left out. */
function valueText(value: boolean | string | readonly string[] | undefined, word: string): string[] {
  if (value === undefined || value === false || (value !== true && value.length === 0)) return [];
  if (value === true) return [word];
  return [`${word} ${typeof value === 'string' ? value : value.join(' ')}`.trim()];
}

function keyText({ apiKey }: NonNullable<BotSpec['llm']>): string {
  return apiKey.secretRef ? `from Secret ${apiKey.secretRef.name}, ${apiKey.secretRef.key}` : 'encrypted';
}
