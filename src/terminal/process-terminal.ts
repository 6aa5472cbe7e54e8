import type { Terminal } from './terminal.ts';

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    stdin,
    stdinIsTerminal: stdin.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    write: (to, bytes) =>
      new Promise((resolve, reject) => {
        const stream = to === 'stdout' ? stdout : stderr;
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    setRaw(raw) {
      if (stdin.isTTY !== true) return;
      stdin.setRawMode(raw);
      // The shell is to find it as it was, whatever ends this program.
      if (raw) process.once('exit', () => stdin.setRawMode(false));
    },
    size: () => (stdout.isTTY === true ? { columns: stdout.columns, rows: stdout.rows } : undefined),
    onResize(listener) {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
  };
}
