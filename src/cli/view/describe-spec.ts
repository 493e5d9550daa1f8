import type { BotRecord } from '../../model/records.ts';
import { type BotSpec, deletionPolicyOf, powerStateOf } from '../../model/spec/bot-spec.ts';
import { displayNameOf } from '../../model/spec/display-name.ts';
import { effectiveDroplet } from '../../model/spec/droplet-spec.ts';
import { fieldLines } from '../text/sections.ts';

/** What is declared, defaults filled in, each matter on a line. */
export function specLines({ spec, name }: Pick<BotRecord, 'spec' | 'name'>): string[] {
  if (!spec) return ['  nothing valid yet'];
  return fieldLines(
    [
      ['Account', spec.accountRef.name],
      ['Display name', displayNameOf(spec.displayName, name)],
      ['Persona', spec.persona ?? 'beginner'],
      ['Power', powerStateOf(spec)],
      ['Droplet', dropletText(spec)],
      ['Extras', extrasText(spec)],
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

function dropletText(spec: BotSpec): string {
  const { region, size, image } = effectiveDroplet(spec.droplet);
  return `${region}, ${size}, ${image}`;
}

function extrasText(spec: BotSpec): string {
  const { tags, sshKeys, backups, ipv6, monitoring, vpcUUID, projectID } = effectiveDroplet(spec.droplet);
  return [
    ...(monitoring ? ['monitoring'] : []),
    ...(backups ? ['backups'] : []),
    ...(ipv6 ? ['ipv6'] : []),
    ...(sshKeys.length > 0 ? [`SSH keys ${sshKeys.join(' ')}`] : []),
    ...(tags.length > 0 ? [`tags ${tags.join(' ')}`] : []),
    ...(vpcUUID ? [`VPC ${vpcUUID}`] : []),
    ...(projectID ? [`project ${projectID}`] : []),
  ].join(', ');
}

function keyText({ apiKey }: NonNullable<BotSpec['llm']>): string {
  return apiKey.secretRef ? `from Secret ${apiKey.secretRef.name}, ${apiKey.secretRef.key}` : 'encrypted';
}
