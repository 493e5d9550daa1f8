import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import nock from 'nock';
import { type SimulatorEndpoint, simulatorEndpoint } from '../../src/compose/built-in-simulator.ts';

const cloud = { kind: 'simulator', bootMs: 0, actionMs: undefined, dropletLimit: undefined } as const;
const given = { perMinute: 7, perHour: 70 };

describe('the built-in simulator of a state file', () => {
  let stateFile: string;
  let directory: string;
  const opened: SimulatorEndpoint[] = [];

  async function open(limit: typeof given | undefined): Promise<SimulatorEndpoint> {
    const endpoint = await simulatorEndpoint(stateFile, cloud, { rateLimit: limit, agents: false });
    opened.push(endpoint);
    return endpoint;
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'clawfleet-endpoint-'));
    stateFile = join(directory, 'bots.db');
    nock.enableNetConnect('127.0.0.1');
  });

  afterEach(async () => {
    for (const endpoint of opened.splice(0)) await endpoint.close();
    nock.cleanAll();
    nock.restore();
    nock.activate();
    rmSync(directory, { recursive: true, force: true });
  });

  function noteThat(url: string): void {
    writeFileSync(`${stateFile}.simulator-url`, `${url}\n`);
  }

  it('is the one that a running controller serves', async () => {
    noteThat('http://simulator.test');
    nock('http://simulator.test').get('/_simulator/settings').reply(200, {});
    const endpoint = await open(given);
    assert.equal(endpoint.url, 'http://simulator.test');
    await endpoint.close();
    assert.ok(existsSync(`${stateFile}.simulator-url`), 'the note belongs to the controller that runs');
  });

  for (const [what, reply] of [
    [
      'another program has taken its port',
      () => nock('http://simulator.test').get('/_simulator/settings').reply(404, 'no such page'),
    ],
    [
      'nobody is there any more',
      () => nock('http://simulator.test').get('/_simulator/settings').replyWithError('refused'),
    ],
  ] as const) {
    it(`is started anew when ${what}`, async () => {
      noteThat('http://simulator.test');
      reply();
      const endpoint = await open(given);
      assert.match(endpoint.url, /^http:\/\/127\.0\.0\.1:/);
      await endpoint.close();
      assert.ok(!existsSync(`${stateFile}.simulator-url`));
    });
  }

  it('keeps the rate limit that the controller is told, and its droplets over a restart', async () => {
    const first = await open(given);
    const answer = await fetch(`${first.url}/_simulator/settings`);
    const { settings } = (await answer.json()) as { settings: { minuteLimit: number } };
    assert.equal(settings.minuteLimit, 7);
    const account = await accountOf(first.url);
    await first.close();
    const second = await open(undefined);
    assert.equal(await accountOf(second.url), account);
    assert.equal(second.identityURL, first.identityURL, 'one cloud, whatever its port');
    await second.close();
  });
});

async function accountOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/v2/account`, { headers: { authorization: 'Bearer any' } });
  return ((await answer.json()) as { account: { uuid: string } }).account.uuid;
}
