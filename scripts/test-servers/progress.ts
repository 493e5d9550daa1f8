/** Tells people how far a download is. */
export interface Progress {
  at(what: string, bytes: number, total: number | undefined): void;
  /** It is over, whatever came of it. */
  end(): void;
}

const perMegabyte = 1_000_000;

/** One line, kept up to date; nothing at all where `stream` is no terminal. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  let shown = '';
  return {
    at: (what, bytes, total) => {
      const line = `${what}: ${shareOf(bytes, total)}`;
      if (!stream.isTTY || line === shown) return;
      stream.write(`\r${line}`);
      shown = line;
    },
    end: () => {
      if (shown !== '') stream.write('\n');
      shown = '';
    },
  };
}

function shareOf(bytes: number, total: number | undefined): string {
  const megabytes = `${Math.floor(bytes / perMegabyte)} MB`;
  return total ? `${Math.floor((100 * bytes) / total)} % of ${Math.ceil(total / perMegabyte)} MB` : megabytes;
}
