/** What Flux and Argo CD show of a bot. */
export type Health = 'Progressing' | 'Healthy' | 'Degraded';

export interface BotState {
  readonly name: string;
  readonly metadata: { readonly generation: number; readonly deletionTimestamp?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
  readonly health: Health;
}

const condition = (type: string, status: string) => ({ type, status, message: `${type} is ${status}` });
const ready = condition('Ready', 'True');
const unready = condition('Ready', 'False');

/** A bot in the states that a health check must tell apart. */
export const botStates: readonly BotState[] = [
  { name: 'not looked at yet', metadata: { generation: 1 }, health: 'Progressing' },
  {
    name: 'on its way',
    metadata: { generation: 1 },
    status: { observedGeneration: 1, conditions: [unready, condition('Reconciling', 'True')] },
    health: 'Progressing',
  },
  {
    name: 'as declared',
    metadata: { generation: 1 },
    status: { observedGeneration: 1, conditions: [ready] },
    health: 'Healthy',
  },
  {
    name: 'edited since it was as declared',
    metadata: { generation: 2 },
    status: { observedGeneration: 1, conditions: [ready] },
    health: 'Progressing',
  },
  {
    name: 'in need of a person',
    metadata: { generation: 1 },
    status: { observedGeneration: 1, conditions: [unready, condition('Stalled', 'True')] },
    health: 'Degraded',
  },
  {
    name: 'in need of a person until it was edited',
    metadata: { generation: 2 },
    status: { observedGeneration: 1, conditions: [unready, condition('Stalled', 'True')] },
    health: 'Progressing',
  },
];
