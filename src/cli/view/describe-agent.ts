import type { BotRecord } from '../../model/records.ts';
import { ageSince } from '../text/age.ts';
import { fieldLines } from '../text/sections.ts';

/** Nothing of a bot whose control plane serves no bot API. */
export function agentLines({ status }: BotRecord, now: number): string[] {
  const { registration, bootstrap, desiredConfig, appliedConfig, lastHeartbeatTime, remediations } = status;
  if (!desiredConfig) return [];
  const since = (time: string | undefined) => time && `${time} (${ageSince(time, now)} ago)`;
  const config = ({ version, id }: typeof desiredConfig) => `version ${version} (${id})`;
  return fieldLines(
    [
      ['Registered', since(registration?.agent?.registeredAt)],
      ['Bootstrap', bootstrap?.running ? 'at work' : undefined],
      ['Bootstrap failed', bootstrap?.failedSteps.join(', ') || undefined],
      ['Config desired', `${config(desiredConfig)}, for ${ageSince(desiredConfig.since, now)}`],
      [
        'Config applied',
        appliedConfig && `${config(appliedConfig)}, for ${ageSince(appliedConfig.since, now)}`,
      ],
      ['Last heard', lastHeartbeatTime && `${since(lastHeartbeatTime)}; written at most hourly`],
      [
        'Remedies',
        remediations && `${remediations.count}, the last one ${ageSince(remediations.lastAt, now)} ago`,
      ],
    ],
    '  ',
  );
}
