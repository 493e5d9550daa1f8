import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { selfSigned } from '../../../test/lab/certificate.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { type Figure, told } from '../figure.ts';
import { atRest } from './at-rest.ts';
import type { BotFleet } from './bot-fleet.ts';
import type { BotsSizes } from './bots-sizes.ts';
import { heard } from './failover-figures.ts';

/** The same when the controller itself ends TLS. */
export async function tlsFigures(
  lab: Lab,
  fleet: BotFleet,
  { settleSeconds, steadySeconds }: BotsSizes,
): Promise<Figure[]> {
  lab.say('bots: TLS');
  const { key, cert } = selfSigned('bots');
  const directory = lab.directory('tls');
  const files = { key: join(directory, 'key.pem'), cert: join(directory, 'cert.pem') };
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.cert, cert);
  await fleet.replace(['--tls-cert', files.cert, '--tls-key', files.key]);
  await fleet.agents.notes();
  fleet.agents.move({ port: fleet.port, ca: cert });
  await heard(fleet);
  await sleep(settleSeconds * 1_000);
  lab.say(`bots: TLS, steady for ${steadySeconds} s`);
  const rest = await atRest(fleet, steadySeconds);
  return [
    told('bots.tls.cpu', rest.cpuPercent, '%', 'of a core, with TLS'),
    told('bots.tls.rss', rest.residentMB, 'MB', 'resident, with TLS; median'),
    told('bots.tls.beat.p99', rest.beatP99, 'ms', 'a heartbeat, with TLS'),
  ];
}
