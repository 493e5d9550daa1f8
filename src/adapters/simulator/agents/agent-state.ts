import Type from 'typebox';

/** How a droplet's agent behaves. */
export const AgentConductSchema = Type.Union(
  [
    Type.Literal('well'),
    Type.Literal('mute'),
    Type.Literal('dead'),
    Type.Literal('slow'),
    Type.Literal('stale'),
    Type.Literal('forgetful'),
  ],
  {
    description:
      'mute: never registers; dead: does nothing; slow: 5 s late with each call; stale: acknowledges a different config from the one it received; forgetful: has lost its token.',
  },
);

export type AgentConduct = Type.Static<typeof AgentConductSchema>;

/** What the agent has written to its droplet's disk. */
export interface AgentDisk {
  readonly token: string;
  readonly isRegistered: boolean;
}
