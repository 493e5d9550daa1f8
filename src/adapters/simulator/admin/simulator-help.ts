import { FaultRuleSchema, faultEffects } from '../faults/fault-rule.ts';
import { SettingsSchema } from '../settings.ts';
import type { AdminRoute } from './admin-route.ts';

/** What goes wrong in the real world, and how to order it: method, path below `/_simulator`, body. */
const sequences: readonly (readonly [what: string, method: string, path: string, body?: string])[] = [
  [
    'GET answers 404 and lists are empty for 20 s, while all droplets exist',
    'POST',
    '/faults',
    '{"effect":"hide","match":{"method":"GET"},"forMs":20000}',
  ],
  [
    'lists lack every second droplet; GET knows them all',
    'POST',
    '/faults',
    '{"effect":"hide","match":{"path":"/v2/droplets"},"droplets":{"every":2}}',
  ],
  ['lists lag a minute behind creates and destroys', 'PATCH', '/settings', '{"listLagMs":60000}'],
  [
    'one row of each list cannot be read',
    ...(['POST', '/faults', '{"effect":"garble","droplets":{"ids":[400000001]}}'] as const),
  ],
  [
    'destroys are refused: a scope is missing (or, with 422, the droplet is locked)',
    'POST',
    '/faults',
    '{"effect":"status","status":403,"message":"missing scope droplet:delete","match":{"method":"DELETE"}}',
  ],
  ['new droplets stay new for ever', 'PATCH', '/settings', '{"bootStuck":1}'],
  ['actions stay in progress', 'PATCH', '/settings', '{"actionStuck":1}'],
  ['... until that droplet is released', 'PATCH', '/droplets/400000001', '{"stuck":false}'],
  ['a droplet is archived', 'PATCH', '/droplets/400000001', '{"status":"archive"}'],
  ['tags show 5 minutes after the boot', 'PATCH', '/settings', '{"lateTags":1,"tagLagMs":300000}'],
  [
    'a person restores a droplet from its snapshot, under its name',
    'POST',
    '/droplets',
    '{"names":["NAME"],"like":400000001,"tags":["TAG"]}',
  ],
  ['a person renames a droplet', 'PATCH', '/droplets/400000001', '{"name":"mine"}'],
  ['a person powers a droplet off', 'PATCH', '/droplets/400000001', '{"status":"off"}'],
  ['a person deletes a droplet', 'DELETE', '/droplets/400000001'],
  ['a snapshot to create droplets from', 'POST', '/images', '{"name":"golden"}'],
  ['a snapshot is deleted', 'DELETE', '/images/170000001'],
  ['the token `ann` is that of a colleague', 'POST', '/tokens', '{"token":"ann","user":"ann"}'],
  ['the token `play` leads to another team', 'POST', '/tokens', '{"token":"play","team":"play"}'],
  ['a token is revoked', 'DELETE', '/tokens/ann'],
  [
    'the account is locked',
    'PATCH',
    '/settings',
    '{"accountStatus":"locked","accountMessage":"write to the support"}',
  ],
  ['the clock of the cloud is an hour behind', 'PATCH', '/settings', '{"clockOffsetMs":-3600000}'],
];

/** Everything that can be ordered, as text for people. */
export function simulatorHelp(routes: readonly AdminRoute[]): string {
  return [
    section(
      'Routes',
      routes.map(({ method, path, what }) => [`${method} ${path}`, what]),
    ),
    section(
      'Settings (PATCH /_simulator/settings, or --set NAME=VALUE)',
      described(SettingsSchema.properties),
    ),
    section('Faults (POST /_simulator/faults, or --faults FILE): effect', Object.entries(faultEffects)),
    section('Faults: what else a rule says', described(FaultRuleSchema.properties)),
    `Sequences, at SIMULATOR=http://HOST:PORT\n${sequences.map(example).join('\n')}\n`,
  ].join('\n');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(([name = '', what = '']) => `  ${name.padEnd(width)}  ${what}`.trimEnd());
  return `${title}\n${lines.join('\n')}\n`;
}

function described(properties: object): (readonly [name: string, what: string])[] {
  return Object.entries(properties).map(([name, { description = '' }]) => [name, description]);
}

function example([what, method, path, body]: (typeof sequences)[number]): string {
  const data = body === undefined ? '' : ` -d '${body}'`;
  return `  # ${what}\n  curl -X ${method} $SIMULATOR/_simulator${path}${data}`;
}
