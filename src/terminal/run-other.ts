import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { errnoOf, TinyletError } from '../base/index.ts';

/** Signals that a terminal sends to both programs: the other one decides what they mean. */
const PASSED_BY = ['SIGINT', 'SIGQUIT'] as const;

/** Another program with this one's streams; resolves to its exit code, 128 and the number of the signal that ended it. */
export function runOther(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const ignore = (): void => undefined;
    for (const signal of PASSED_BY) process.on(signal, ignore);
    const child = spawn(name, [...args], { stdio: 'inherit', env: { ...process.env, ...env } });
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', pass);
    child.once('error', (cause) => {
      const why = errnoOf(cause) === 'ENOENT' ? `there is no ${name} on the PATH` : cause.message;
      reject(new TinyletError('USAGE', `${name} cannot be run: ${why}`, { cause }));
    });
    child.once('exit', (code, signal) => {
      for (const each of PASSED_BY) process.off(each, ignore);
      process.off('SIGTERM', pass);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
