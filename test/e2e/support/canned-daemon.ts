import { createServer } from 'node:http';
import { join } from 'node:path';
import { clearAway, freshBase } from './world.ts';

export interface CannedDaemon {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** A socket that answers as a daemon would, with these values by path. */
export async function cannedDaemon(answers: Readonly<Record<string, unknown>>): Promise<CannedDaemon> {
  const base = await freshBase();
  const socketPath = join(base, 'api.sock');
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const answer = answers[path];
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(JSON.stringify(answer ?? { kind: 'Status', message: 'not found' }));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    async close() {
      server.close();
      await clearAway(base);
    },
  };
}
