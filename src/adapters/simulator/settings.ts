import Type from 'typebox';

const milliseconds = (description: string) => Type.Number({ minimum: 0, maximum: 86_400_000, description });
const probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const offset = (description: string) =>
  Type.Number({ minimum: -315_576_000_000, maximum: 315_576_000_000, description });
const count = (description: string) => Type.Integer({ minimum: 0, maximum: 1_000_000_000, description });

/** Everything that can be changed while the simulator runs (`PATCH /_simulator/settings`). */
export const SettingsSchema = Type.Object(
  {
    bootMs: milliseconds('Time from the 202 of a create until the droplet is active.'),
    actionMs: milliseconds('Duration of any other action.'),
    deleteMs: milliseconds('Time from the 204 of a DELETE until GET answers 404.'),
    listLagMs: milliseconds('How long lists lag behind creates and destroys.'),
    getLagMs: milliseconds('How long GET answers 404 for a droplet after its create.'),
    addressLagMs: milliseconds('Time from active until the droplet shows its addresses.'),
    latencyMs: milliseconds('How long every answer takes.'),
    jitter: probability('Spread of all times above: 0.2 is ±20 %.'),
    tagLagMs: milliseconds('Time from active until a droplet with late tags shows them.'),
    lateTags: probability('How likely a droplet shows no tags, in any list or GET, until it is active.'),
    shutdownIgnored: probability('How likely a shutdown completes with the droplet still active.'),
    shutdownErrored: probability('How likely a shutdown ends errored.'),
    deleteIgnored: probability('How likely a DELETE answers 204 but the droplet stays.'),
    deleteRefused: probability('How likely a DELETE during an action is refused as a pending event.'),
    createFails: probability('How likely a droplet vanishes after its 202 instead of becoming active.'),
    bootStuck: probability('How likely a droplet stays `new` until it is edited with `{"stuck": false}`.'),
    actionStuck: probability('How likely any other action stays in progress until the same edit.'),
    agentBeatMs: milliseconds(
      'Time between two heartbeats of an agent; applies to agents that start from now on.',
    ),
    agentRetryMs: milliseconds('The longest pause before an agent repeats a failed call; likewise.'),
    bootstrapFails: probability(
      'How likely the bootstrap of a new droplet fails in a step that its bot needs: its agent reports it.',
    ),
    agentsMute: probability('How likely the agent of a new droplet never registers.'),
    clockOffsetMs: offset(
      "How far the cloud's clock is ahead of the true time, in dates and in every stamp.",
    ),
    accountStatus: Type.Union([Type.Literal('active'), Type.Literal('warning'), Type.Literal('locked')], {
      description: 'Status of the account. While it is `locked` every POST is refused with 403.',
    }),
    accountMessage: Type.String({ description: '`status_message` of the account.' }),
    dropletLimit: count("Each team's droplet limit."),
    hourlyLimit: count('Requests that a token may send in any hour; 0 is no limit.'),
    minuteLimit: count('Requests that a token may send in any minute; 0 is no limit.'),
    checkSSHKeys: Type.Boolean({ description: 'Whether a create must name keys of this account.' }),
  },
  { additionalProperties: false },
);

export type Settings = Type.Static<typeof SettingsSchema>;

/**
 * The settings that `clawfleet simulate` starts with: a quick but honest cloud. Limits are
 * DigitalOcean's own (https://docs.digitalocean.com/reference/api/, "Rate Limit"); times
 * are ten times shorter than real ones.
 */
export const defaultSettings: Settings = {
  bootMs: 2_000,
  actionMs: 1_000,
  deleteMs: 1_000,
  listLagMs: 1_000,
  getLagMs: 0,
  addressLagMs: 0,
  latencyMs: 0,
  jitter: 0,
  tagLagMs: 0,
  lateTags: 0,
  shutdownIgnored: 0,
  shutdownErrored: 0,
  deleteIgnored: 0,
  deleteRefused: 0,
  createFails: 0,
  bootStuck: 0,
  actionStuck: 0,
  agentBeatMs: 30_000,
  agentRetryMs: 3_000,
  bootstrapFails: 0,
  agentsMute: 0,
  clockOffsetMs: 0,
  accountStatus: 'active',
  accountMessage: '',
  dropletLimit: 100,
  hourlyLimit: 5_000,
  minuteLimit: 250,
  checkSSHKeys: false,
};

/**
 * A cloud that does everything at once and limits nothing: for benchmarks, and for tests of something else.
 */
export const instantSettings: Settings = {
  ...defaultSettings,
  bootMs: 0,
  actionMs: 0,
  deleteMs: 0,
  listLagMs: 0,
  dropletLimit: 1_000_000,
  hourlyLimit: 0,
  minuteLimit: 0,
};
