import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { answerText, createNodeClient } from '../../../src/client/index.ts';

test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('a %s brings its whole body', async (method) => {
  const directory = await mkdtemp(join(tmpdir(), 'client-'));
  const socketPath = join(directory, 's');
  const server = createServer(async (request, response) => {
    const { 'content-type': type, 'content-length': length } = request.headers;
    response.end(`${request.method} ${type} ${length} ${await text(request)}`);
  });
  try {
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const answer = await createNodeClient(socketPath).send({ method, path: '/x', body: '{"é":1}' });
    expect([answer.status, await answerText(answer)]).toEqual([200, `${method} application/json 8 {"é":1}`]);
  } finally {
    server.close();
    await rm(directory, { recursive: true });
  }
});
