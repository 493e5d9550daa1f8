// A process of agents, which its parent orders about. It loads next to nothing: its CPU is taken from what is measured.
import { LoadAgent } from './load-agent.ts';
import type { Identity, Order, Target, Word } from './load-protocol.ts';
import { Notebook } from './notebook.ts';

/** So many register at the same time. */
const atOnce = 100;
/** It is told how far things are after so many. */
const tellEvery = 250;

const notes = new Notebook();
const agents: LoadAgent[] = [];

function tell(word: Word): void {
  process.send?.(word);
}

async function enrol(target: Target, identities: readonly Identity[]): Promise<void> {
  const left = identities.values();
  const client = async () => {
    for (const identity of left) {
      const agent = new LoadAgent(identity, target, notes);
      await agent.enrol();
      agents.push(agent);
      if (agents.length % tellEvery === 0 || agents.length === identities.length)
        tell({ word: 'enrolled', count: agents.length });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
}

function obey(order: Order): void {
  if (order.order === 'enrol') void enrol(order.target, order.agents);
  else if (order.order === 'live') for (const agent of agents) void agent.live(order);
  else if (order.order === 'move') for (const agent of agents) agent.move(order.target);
  else tell({ word: 'notes', notes: notes.tell() });
}

process.on('message', obey);
process.on('disconnect', () => process.exit());
