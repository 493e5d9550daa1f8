import { continuePower } from './droplet/power.ts';
import { continueReboot } from './droplet/reboot.ts';
import { continueRedeploy, redeploy } from './droplet/redeploy.ts';
import { continueResize } from './droplet/resize.ts';
import type { Concern } from './situation.ts';

/** Goes on with the operation under way; only a redeploy (and deletion, which comes before) may overtake it. */
export const openOperation: Concern = (situation) => {
  const { operation } = situation.status;
  if (!operation) return undefined;
  if (operation.type === 'Redeploy') return continueRedeploy(situation, operation);
  const overtaking = redeploy(situation);
  if (overtaking) return overtaking;
  switch (operation.type) {
    case 'Reboot':
      return continueReboot(situation, operation);
    case 'Resize':
      return continueResize(situation, operation);
    default:
      return continuePower(situation, operation);
  }
};
