import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { findProgram } from '../../lab/required.ts';

interface Jq {
  /** What the program prints, without the last line break. Throws when it ends with another code than 0. */
  raw(input: string, filter: string, flags: readonly string[]): string;
}

/**
 * The command jq of a droplet, as a script for bash: the program of this machine, or, where there is none, the same
 * program compiled to WebAssembly. That one runs in this process, for a Node.js to each of many calls would take most
 * of a test's time. It takes what the scripts of a droplet use: flags, a filter, then files; it prints no errors.
 */
export const jqCommand = await commandOf(findProgram('jq'));

async function commandOf(program: string | undefined): Promise<string> {
  if (program !== undefined) return `exec ${program} "$@"\n`;
  const jq: Jq = await createRequire(import.meta.url)('jq-web');
  const server = createServer((socket) => void serve(jq, socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return `
exec 3<>/dev/tcp/127.0.0.1/${(server.address() as AddressInfo).port}
printf '%s\\0' "$#" "$@" >&3
IFS= read -r code <&3
cat <&3
exit "$code"
`;
}

/** One call: the number of arguments and these, each ended by NUL; the answer is the exit code, a line, the output. */
async function serve(jq: Jq, socket: Socket): Promise<void> {
  socket.on('error', () => socket.destroy()); // the caller was killed
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk;
    const [count = '', ...args] = text.split('\0');
    if (args.length <= Number(count)) continue;
    const { code, output } = run(jq, args.slice(0, -1));
    socket.end(`${code}\n${output === '' ? '' : `${output}\n`}`);
    return;
  }
}

function run(jq: Jq, args: readonly string[]): { readonly code: string; readonly output: string } {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const [filter = '.', ...files] = args.filter((arg) => !arg.startsWith('-'));
  try {
    const input = files.map((file) => readFileSync(file, 'utf8')).join('');
    return { code: '0', output: jq.raw(input, filter, flags) };
  } catch (error) {
    const [, code = '2'] = /^Non-zero exit code: (\d+)/.exec((error as Error).message) ?? [];
    return { code, output: '' };
  }
}
