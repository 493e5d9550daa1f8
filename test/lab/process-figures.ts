import { readFileSync } from 'node:fs';

/** Clock ticks of /proc a second; 100 on every Linux there is. */
const ticksPerSecond = 100;

/** Resident memory in MB (10⁶ bytes, as Prometheus and Kubernetes count). */
export function residentMB(pid: number): number {
  const status = readProc(pid, 'status');
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024) / 1e6;
}

/** CPU seconds that the process has used, in user and kernel mode; exact to 10 ms. */
export function cpuSeconds(pid: number): number {
  const stat = readProc(pid, 'stat');
  // The second field, the command in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    throw new Error('memory and CPU are read from /proc, which only Linux has', { cause: error });
  }
}
