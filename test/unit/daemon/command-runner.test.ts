import { expect, test } from 'vitest';
import { commandRunner } from '../../../src/daemon/command-runner.ts';
import { label } from '../../../src/pod/index.ts';
import type { CommandBehaviour } from '../../fakes/behaviour.ts';
import { modelCri } from '../../fakes/model-cri.ts';
import { RuntimeModel } from '../../fakes/runtime-model.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const app = { podUid: 'u', container: 'app' };

/** A container in which every command does this. */
function bench(behaviour: CommandBehaviour = {}) {
  const clock = new VirtualClock();
  const model = new RuntimeModel({ clock, commandOf: () => behaviour });
  const labels = { [label.podUid]: 'u', [label.containerName]: 'app' };
  const sandbox = model.putSandbox({
    metadata: { name: 'web', namespace: 'default', uid: 'u', attempt: 0 },
    labels: { [label.podUid]: 'u' },
  });
  const config = { metadata: { name: 'app', attempt: 0 }, image: { image: 'i' }, labels };
  const id = model.putContainer(sandbox, config, {});
  const calls: unknown[] = [];
  model.onCall(({ phase, call, request }) => {
    if (phase === 'before' && call === 'ExecSync') calls.push(request);
  });
  const client = new AbortController();
  return { clock, model, id, calls, client, commands: commandRunner(modelCri(model)) };
}

test('stdout comes before stderr, and the code with both', async () => {
  const { commands, id, calls, client } = bench({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 });
  const { exitCode, output } = await commands.run(app, ['ls', '-l'], client.signal);
  expect({ exitCode, output: Buffer.from(output).toString() }).toEqual({ exitCode: 3, output: 'out\nerr\n' });
  expect(calls).toEqual([{ container_id: id, cmd: ['ls', '-l'], timeout: 0 }]);
});

test('a command may take as long as it likes', async () => {
  const { commands, clock, client } = bench({ takesMs: 3_600_000, stdout: 'done\n' });
  const running = commands.run(app, ['sleep', '3600'], client.signal);
  await clock.advance(3_600_000);
  expect(await running).toMatchObject({ exitCode: 0 });
});

test('a client that goes away ends it', async () => {
  const { commands, client } = bench({ takesMs: 3_600_000 });
  const running = commands.run(app, ['sleep', '3600'], client.signal);
  client.abort();
  await expect(running).rejects.toMatchObject({ reason: 'InternalError' });
});

test('where none runs there is nothing to run it in', async () => {
  const { commands, model, id, calls, client } = bench();
  const refusal = { reason: 'BadRequest', message: 'container not found ("app")' };
  await expect(commands.run({ ...app, podUid: 'v' }, ['ls'], client.signal)).rejects.toMatchObject(refusal);
  model.exitContainer(id, 0);
  await expect(commands.run(app, ['ls'], client.signal)).rejects.toMatchObject(refusal);
  expect(calls).toEqual([]);
});

test('what the runtime refuses is told in its words', async () => {
  const { commands, client } = bench({ startError: 'exec: "nope": executable file not found in $PATH' });
  await expect(commands.run(app, ['nope'], client.signal)).rejects.toMatchObject({
    reason: 'InternalError',
    message: expect.stringContaining('exec: "nope": executable file not found in $PATH'),
  });
});

test('an output too large for the runtime to tell is called that', async () => {
  const startError = 'grpc: trying to send message larger than max (16777221 vs. 16777216)';
  const { commands, client } = bench({ startError });
  await expect(commands.run(app, ['cat'], client.signal)).rejects.toMatchObject({
    message: expect.stringMatching(/^the command wrote more than the 16 MiB .* exec$/),
  });
});
