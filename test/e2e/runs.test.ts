import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import { open, type Posted, post } from './support/api-post.ts';
import type { Daemon } from './support/daemon.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE } from './support/manifests.ts';
import { besideOthers, onContainerd, TEST_TIMEOUT_MS, useContainerd } from './support/world.ts';

const world = useContainerd('runs');

const FULL = process.env.TINYLET_FULL !== undefined;
const RUNS = FULL ? 100 : 20;
const AT_ONCE = 10;
const LINES = 200;
const FLOOD_MIB = FULL ? 1024 : 64;

/** A body that runs a script. */
function script(daemon: Daemon, words: string, further: object = {}): string {
  const { namespace } = daemon;
  return JSON.stringify({ image: HTTP_IMAGE, namespace, command: ['/bin/sh', '-c', words], ...further });
}

async function run(daemon: Daemon, words: string, further: object = {}): Promise<[number, unknown]> {
  const { status, body } = await post(daemon, '/', script(daemon, words, further));
  return [status, JSON.parse(body)];
}

/** Neither pods nor anything of them on the runtime. */
function nothingLeft(daemon: Daemon): Promise<void> {
  return eventually(async () => {
    expect(await world.objects(daemon.namespace)).toEqual({ sandboxes: [], containers: [] });
    expect((await daemon.status()).pods).toEqual([]);
  });
}

besideOthers('how a run ends is told', async (context) => {
  const daemon = await world.daemon(context, { args: ['--max-runs', '20'] });
  await daemon.start();
  const hello = JSON.stringify({ image: HTTP_IMAGE, command: 'echo', args: 'hello world' });
  const { status, headers, body } = await post(daemon, '/', hello);
  expect({ status, body }).toEqual({ status: 200, body: '{"exit_code":0,"output":"hello world\\n"}\n' });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '41' });

  const megabyte = 'x'.repeat(1_000_000);
  // Enough for the runtime's own process, which becomes the container's.
  const limits = { memory: '64Mi' };
  expect(
    await Promise.all([
      // The runtime copies each stream by itself: what follows at once may overtake.
      run(daemon, 'echo out; sleep 1; echo err >&2; exit 7'),
      run(daemon, 'cat; echo $A$B', { stdin: 'two\nwords\n', env: { A: 'a', B: 'b' } }),
      run(daemon, 'wc -c', { stdin: megabyte, env: [{ name: 'A', value: 'a' }] }),
      run(daemon, 'echo unread', { stdin: megabyte }),
      run(daemon, 'echo begun; sleep 1000', { timeout_seconds: 60 }),
      // The runtime listens for it from soon after the container's start until its end (status.test.ts).
      run(daemon, 'sleep 5; tail -c 200m /dev/zero; code=$?; sleep 10; exit $code', {
        resources: { limits },
      }),
      run(daemon, '', { command: ['/nowhere'] }),
      run(daemon, '', { image: 'tinylet.invalid/none:1' }),
      run(daemon, '', { image: 'No Image' }),
      run(daemon, '', { resources: { limits: { memory: 'much' } } }),
      run(daemon, '', { commands: ['true'] }),
    ]),
  ).toEqual([
    [200, { exit_code: 7, output: 'out\nerr\n' }],
    [200, { exit_code: 0, output: 'two\nwords\nab\n' }],
    [200, { exit_code: 0, output: expect.stringMatching(/^ *1000000\n$/) }],
    [200, { exit_code: 0, output: 'unread\n' }],
    [504, { error: 'DeadlineExceeded', message: 'the run was ended after 60 s', output: 'begun\n' }],
    [200, { exit_code: 137, output: 'Killed\n', reason: 'OOMKilled' }],
    [200, { exit_code: 128, output: '', reason: 'StartError', message: expect.stringContaining('/nowhere') }],
    [502, { error: 'ErrImagePull', message: expect.stringContaining('tinylet.invalid/none:1') }],
    [502, { error: 'InvalidImageName', message: expect.stringContaining('No Image') }],
    [422, { error: 'Invalid', message: expect.stringContaining('resources.limits.memory: Invalid value') }],
    [400, { error: 'BadRequest', message: expect.stringMatching(/^"commands": unknown/) }],
  ]);

  const streamed = await post(daemon, '/?stream=1', script(daemon, 'echo one; sleep 5; echo two; exit 3'));
  expect(streamed.headers['content-type']).toBe('application/x-ndjson');
  expect(streamed.body).toBe('{"output":"one\\n"}\n{"output":"two\\n"}\n{"exit_code":3}\n');
  await nothingLeft(daemon);
});

besideOthers(
  `${RUNS} runs, ${AT_ONCE} at once: each its own code, and all it wrote`,
  async (context) => {
    const daemon = await world.daemon(context);
    await daemon.start();
    let next = 0;
    const answers = new Map<number, [number, unknown]>();
    const work = async (): Promise<void> => {
      for (let index = next++; index < RUNS; index = next++) {
        const words = `i=0; while [ $i -lt ${LINES} ]; do echo ${index} $i; i=$((i+1)); done; exit ${index}`;
        answers.set(index, await run(daemon, words));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    for (let index = 0; index < RUNS; index += 1) {
      const lines = Array.from({ length: LINES }, (_, line) => `${index} ${line}\n`);
      expect(answers.get(index), `run ${index}`).toEqual([200, { exit_code: index, output: lines.join('') }]);
    }
    await nothingLeft(daemon);
  },
  TEST_TIMEOUT_MS + RUNS * 3_000,
);

besideOthers('beyond --max-runs there is no more, and a client that hangs up makes room', async (context) => {
  const daemon = await world.daemon(context, { args: ['--max-runs', '2', '--interval', '500ms'] });
  await daemon.start();
  const endless = script(daemon, 'trap "" TERM; echo begun; while :; do sleep 1; done');
  const [first, second] = await Promise.all([
    open(daemon, '/?stream=1', endless),
    open(daemon, '/?stream=1', endless),
  ]);
  const refused: Posted = await post(daemon, '/', endless);
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  expect(JSON.parse(refused.body)).toEqual({
    error: 'TooManyRequests',
    message: 'there are 2 runs under way, as many as may be at once (--max-runs): try again',
  });
  for (const answer of [first, second]) {
    expect(answer.statusCode).toBe(200);
    answer.destroy();
  }
  // Not before what runs has ended there is room again.
  await eventually(async () => {
    const [status, body] = await run(daemon, 'echo through');
    if (status === 200) expect(body).toEqual({ exit_code: 0, output: 'through\n' });
    const { containers } = await world.objects(daemon.namespace);
    expect(containers.filter(({ state }) => state === 'running').length).toBeLessThanOrEqual(2);
    expect(status).toBe(200);
  });
  await nothingLeft(daemon);
});

besideOthers('a daemon that ends says so, and the next one removes what is left', async (context) => {
  const daemon = await world.daemon(context);
  await daemon.start();
  const begun = async (): Promise<AsyncIterableIterator<string>> => {
    const answer = await open(daemon, '/?stream=1', script(daemon, 'echo begun; sleep 1000'));
    const lines = createInterface({ input: answer.on('error', () => undefined) })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('{"output":"begun\\n"}');
    return lines;
  };
  const lines = await begun();
  await daemon.end('SIGTERM');
  const message = 'the daemon ends, and the run with it';
  expect(JSON.parse((await lines.next()).value ?? '')).toEqual({ error: 'ServiceUnavailable', message });
  await daemon.start();
  await nothingLeft(daemon);

  await begun();
  await daemon.end('SIGKILL');
  await daemon.start();
  await nothingLeft(daemon);
  expect(daemon.log.map(({ msg }) => msg)).toContain('pod deleted: nobody waits for its run any more');
});

describe('a flood', () => {
  const flood = `head -c ${FLOOD_MIB * 1024 ** 2} /dev/zero | tr "\\0" x | fold -w 99; echo; echo the end; sleep 1`;

  // The runtime writes a log line by line: a tenth of a second for a MiB, and much more on a busy machine.
  const timeout = TEST_TIMEOUT_MS + FLOOD_MIB * 1_000;

  onContainerd(
    `${FLOOD_MIB} MiB of output: head and tail are kept, and no memory`,
    async (context) => {
      const daemon = await world.daemon(context);
      await daemon.start();
      await run(daemon, 'echo warm');
      const before = await residentMiB(daemon);
      let most = 0;
      const watching = setInterval(async () => {
        most = Math.max(most, await residentMiB(daemon).catch(() => 0));
      }, 100);
      const [status, answer] = await run(daemon, flood).finally(() => clearInterval(watching));
      const { output, ...others } = answer as { readonly output: string };
      expect([status, others]).toEqual([200, { exit_code: 0, truncated: true }]);
      const wrote = FLOOD_MIB * 1024 ** 2;
      const [, leftOut = ''] = /\n\[(\d+) bytes left out\]\n/.exec(output) ?? [];
      expect(output).toMatch(/^(x{99}\n){5000}/);
      expect(output).toMatch(/(x{99}\n){5000}x*\nthe end\n$/);
      expect(Buffer.byteLength(output)).toBeLessThanOrEqual(1024 ** 2);
      const mark = `\n[${leftOut} bytes left out]\n`.length;
      const breaks = Math.ceil(wrote / 99) - 1;
      expect(output.length - mark + Number(leftOut)).toBe(wrote + breaks + '\nthe end\n'.length);
      process.stderr.write(
        `resident: ${before} MiB before, at most ${most} MiB in a flood of ${FLOOD_MIB} MiB\n`,
      );
      expect(most - before).toBeLessThan(FLOOD_MIB);
      await nothingLeft(daemon);
    },
    timeout,
  );
});

async function residentMiB({ pid }: Daemon): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
}
