import type { TcpProxy } from './tcp-proxy.ts';

/** Something that goes wrong with a link, and is over. */
export interface Disturbance {
  /** What the link does. */
  readonly what: string;
  readonly begin: (link: TcpProxy) => void | Promise<void>;
  readonly end: (link: TcpProxy) => void | Promise<void>;
}

export const standsStill: Disturbance = {
  what: 'stands still, then goes on',
  begin: (link) => link.stall(),
  end: (link) => link.flow(),
};

export const isCut: Disturbance = {
  what: 'is cut, and refuses whoever calls',
  begin: async (link) => {
    await link.refuse();
    link.cut();
  },
  end: (link) => link.accept(),
};

/** After so many bytes. */
export function endsWithinAnswers(bytes: number): Disturbance {
  return {
    what: 'ends every connection within an answer',
    begin: (link) => {
      link.truncate(bytes);
      link.cut();
    },
    end: (link) => link.truncate(Number.POSITIVE_INFINITY),
  };
}

export function isSlow(ms: number): Disturbance {
  return {
    what: `takes ${ms} ms for each answer`,
    begin: (link) => link.delay(ms),
    end: (link) => link.delay(0),
  };
}
