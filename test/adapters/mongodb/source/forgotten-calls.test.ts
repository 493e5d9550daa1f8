import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { it } from 'node:test';
import { systemClock } from '../../../../src/adapters/system/system-clock.ts';
import { faultOf } from '../../../../src/ports/port-error.ts';
import { until } from '../../../lab/until.ts';
import { eachMongo } from '../support/each-mongo.ts';
import { MongoBed } from './mongo-bed.ts';

/** Instead of what a call may take at most. */
const soonMs = 2_000;
const impatient = {
  ...systemClock,
  schedule: (ms: number, run: () => void) => systemClock.schedule(Math.min(ms, soonMs), run),
};
const channel = 'net.client.socket';

await eachMongo(
  'a call made as all connections end',
  ({ program }) => program.kind !== 'running',
  ({ server }) => {
    it('holds up no later one, though the driver never ends it', async () => {
      const sockets = new Set<Socket>();
      const note = (message: unknown) => void sockets.add((message as { socket: Socket }).socket);
      subscribe(channel, note);
      const bed = new MongoBed(server().uri);
      try {
        await bed.bots.insertOne({ _id: 'default/a', spec: { accountRef: { name: 'team' } } });
        await bed.start({ clock: impatient });
        await bed.source.writeStatus(bed.bot('a'), { phase: 'Provisioning' });
        for (const socket of sockets) socket.destroy();
        // Sent before the driver hears of it.
        await assert.rejects(bed.source.writeStatus(bed.bot('a'), { phase: 'Online' }), (error) =>
          Boolean(faultOf(error, 'unavailable')),
        );
        await until('the ledger to take writes again', 60_000, 50, () =>
          bed.source.writeStatus(bed.bot('a'), { phase: 'Online' }).then(
            () => true,
            () => false,
          ),
        );
        await until('the document to show it', 60_000, 20, async () => {
          const document = await bed.bots.findOne({ _id: 'default/a' });
          return document?.['status']?.phase === 'Online';
        });
      } finally {
        unsubscribe(channel, note);
        await bed.close();
      }
    });
  },
);
