/**
 * Preloaded into a process by `node --import`: each SIGUSR2 moves its wall clock by the next of the steps in
 * WALL_CLOCK_STEPS (milliseconds, comma-separated), and says so on stderr.
 */
const steps = (process.env['WALL_CLOCK_STEPS'] ?? '').split(',').map(Number);
const trueNow = Date.now;
let offsetMs = 0;

Date.now = () => trueNow() + offsetMs;
process.on('SIGUSR2', () => {
  offsetMs += steps.shift() ?? 0;
  process.stderr.write(`wall clock stepped, ${steps.length} to come\n`);
});
