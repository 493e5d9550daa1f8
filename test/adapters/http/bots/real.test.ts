import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { endAll, type Running, start } from '../../../cli/clawfleet.ts';
import { botManifest, newFleet } from '../../../cli/fleet.ts';
import { inProcess } from '../../../cli/in-process.ts';
import { cloudToken, noteSecret, noteShown } from '../../../lab/notes/notes.ts';
import { until } from '../../../lab/until.ts';
import { post } from './support/served.ts';

interface Enrolment {
  readonly botID: string;
  readonly registrationToken: string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('the bot API of a running controller', { timeout: 60_000 }, () => {
  const cwd = newFleet(['one', 'two']);
  const secrets: string[] = [];
  let running: Running;
  let simulator: Running;
  let api = '';
  let cloud = '';
  let metrics = '';

  before(async () => {
    const settings = ['bootMs=50', 'listLagMs=0', 'agentsMute=1'];
    simulator = start(['simulate', '--listen', '127.0.0.1:0', '--set', ...settings], { cwd });
    cloud = /DigitalOcean at (\S+);/.exec(await simulator.until(/journal:/))?.[1] ?? '';
    const env = { DIGITALOCEAN_ACCESS_TOKEN: cloudToken, DIGITALOCEAN_API_URL: cloud };
    const flags = ['--listen', '127.0.0.1:0', '--bot-listen', '127.0.0.1:0', '--poll-interval', '50ms'];
    running = start(['run', '--source', 'bots', ...flags, '--log-level', 'debug', '--log-format', 'json'], {
      cwd,
      env,
    });
    api = /"botAPI":"(http:[^"]+)"/.exec(await running.until(/"botAPI":.*\n/))?.[1] ?? '';
    metrics = /"metrics":"(http:[^"]+)"/.exec(await running.until(/"metrics":.*\n/))?.[1] ?? '';
    await until('both are there', 10_000, 50, async () => (await enrolments()).length === 2);
  });
  after(endAll);

  async function enrolments(): Promise<Enrolment[]> {
    const { droplets } = (await (await fetch(`${cloud}/_simulator/droplets`)).json()) as {
      droplets: { id: number }[];
    };
    const all = droplets.map(async ({ id }) => {
      const answer = await fetch(`${cloud}/_simulator/droplets/${id}/user-data`);
      const { user_data } = (await answer.json()) as { user_data: string };
      const exported = (name: string) =>
        new RegExp(`^export ${name}='([^']+)'$`, 'm').exec(user_data)?.[1] ?? '';
      return { botID: exported('BOT_ID'), registrationToken: exported('REGISTRATION_TOKEN') };
    });
    return Promise.all(all);
  }

  function register({ botID, registrationToken }: Enrolment, agentToken?: string): Promise<Response> {
    const body = { bot_id: botID, ...(agentToken !== undefined && { agent_token: agentToken }) };
    return fetch(`${api}/v1/bot/register`, post(body, bearer(registrationToken)));
  }

  /** As an agent does: 503 (too many reports of one bot wait) is asked again. */
  async function registerPatiently(enrolment: Enrolment, agentToken: string): Promise<Response> {
    let answer = await register(enrolment, agentToken);
    while (answer.status === 503) {
      await setTimeout(20);
      answer = await register(enrolment, agentToken);
    }
    return answer;
  }

  it('of racing agents with one registration token one wins, and it alone is served', async () => {
    const [one] = await enrolments();
    assert.ok(one);
    const tokens = Array.from({ length: 30 }, () => randomBytes(32).toString('hex'));
    const answers = await Promise.all(tokens.map((token) => registerPatiently(one, token)));
    const winners = tokens.filter((_, at) => answers[at]?.status === 200);
    assert.equal(winners.length, 1);
    assert.ok(answers.every(({ status }) => status === 200 || status === 401));
    const config = `${api}/v1/bot/${one.botID}/config`;
    for (const token of tokens) {
      const { status } = await fetch(config, { headers: bearer(token) });
      assert.equal(status, token === winners[0] ? 200 : 401);
    }
    assert.equal((await register(one, winners[0])).status, 200);
    secrets.push(one.registrationToken, ...tokens);
  });

  it('an agent without a token of its own is told one, which works, and which no replay tells again', async () => {
    const [, two] = await enrolments();
    assert.ok(two);
    const told = (await (await register(two)).json()) as { agent_token: string };
    assert.match(told.agent_token, /^[\w-]{43}$/);
    assert.equal((await register(two)).status, 401);
    const beat = await fetch(`${api}/bot/${two.botID}/heartbeat`, {
      method: 'POST',
      headers: bearer(told.agent_token),
    });
    assert.equal(beat.status, 200);
    secrets.push(two.registrationToken, told.agent_token);

    const base = `${api}/v1/bot/${two.botID}`;
    const first = await fetch(`${base}/config`, { headers: bearer(told.agent_token) });
    const { id } = (await first.json()) as { id: string };
    const tag = first.headers.get('etag') ?? '';
    const poll = fetch(`${base}/config?wait=30s`, {
      headers: { ...bearer(told.agent_token), 'if-none-match': tag },
    });
    writeFileSync(join(cwd, 'bots', 'two.yaml'), `${botManifest('two')}  persona: tweaker\n`);
    const next = (await (await poll).json()) as { id: string; persona: string };
    assert.deepEqual([next.persona, next.id.split('-')[0]], ['tweaker', '2']);
    const acknowledge = async (config_id: string) =>
      (await fetch(`${base}/config_ack`, post({ config_id }, bearer(told.agent_token)))).status;
    assert.equal(await acknowledge(id), 409);
    assert.equal(await acknowledge('9-never-issued'), 404);
    assert.equal(await acknowledge(next.id), 200);
    assert.equal(await acknowledge(next.id), 200);
  });

  it('a deleted bot’s token is dead', async () => {
    const [, two] = await enrolments();
    const token = secrets.at(-1) ?? '';
    writeFileSync(join(cwd, 'bots', 'two.yaml'), '');
    const call = async () =>
      (await fetch(`${api}/v1/bot/${two?.botID}/config`, { headers: bearer(token) })).status;
    await until('it is refused', 10_000, 20, async () => [400, 401].includes(await call()));
    await until('it is unknown', 10_000, 20, async () => (await call()) === 401);
  });

  it('no token is in logs, metrics, events or status', async () => {
    const shown = await inProcess(['get', 'bots', '-o', 'json', '--source', 'bots'], { cwd });
    const described = await inProcess(['describe', 'bot', 'one', '--source', 'bots'], { cwd });
    const page = await (await fetch(metrics)).text();
    noteShown('metrics', page);
    for (const secret of secrets) noteSecret('a bot’s token', secret);
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0);
    assert.ok(secrets.length > 30);
    for (const text of [shown.stdout, described.stdout, page, stdout, stderr])
      for (const secret of secrets) assert.ok(!text.includes(secret));
    simulator.child.kill('SIGTERM');
    await simulator.ended;
  });
});
