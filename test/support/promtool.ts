import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CHECKOUT = join(import.meta.dirname, '../..');
const DIRECTORY = join(CHECKOUT, '.cache/promtool');

/** What Prometheus' own tool remarks of a text, errors and lint alike; empty where it has nothing to say. */
export async function promtoolRemarks(exposition: string): Promise<string> {
  await run(join(CHECKOUT, 'scripts/fetch-program.sh'), ['promtool', 'trixie', DIRECTORY]);
  return new Promise((resolve, reject) => {
    const child = execFile(
      join(DIRECTORY, 'usr/bin/promtool'),
      ['check', 'metrics'],
      (error, stdout, stderr) => {
        if (typeof error?.code === 'string') reject(error);
        else resolve(`${stdout}${stderr}${error === null ? '' : `exit ${error.code}`}`);
      },
    );
    child.stdin?.end(exposition);
  });
}
