/** Starts a stopwatch of this process's CPU time: what other processes do does not move it. Read in ms. */
export function cpuStopwatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
