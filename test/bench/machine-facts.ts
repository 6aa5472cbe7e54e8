import { execFile } from 'node:child_process';
import { cpus, loadavg, release } from 'node:os';
import { promisify } from 'node:util';

/** What the figures depend on, in one line. */
export async function machineFacts(): Promise<string> {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return [
    `${processors.length} × ${model}`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    await containerdVersion(),
    `load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(' ')}`,
  ].join(', ');
}

async function containerdVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('containerd', ['--version']);
    return `containerd ${/\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? stdout.trim()}`;
  } catch {
    return 'no containerd';
  }
}
