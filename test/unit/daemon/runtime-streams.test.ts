import { expect, test } from 'vitest';
import { runtimeStreams, type StreamingCri } from '../../../src/daemon/runtime-streams.ts';
import { label } from '../../../src/pod/index.ts';
import { modelCri } from '../../fakes/model-cri.ts';
import { RuntimeModel } from '../../fakes/runtime-model.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const flags = { stdin: true, stdout: true, stderr: false, tty: true };

/** Two attempts of a container of which the second runs, beside others; and every call that asks for streams. */
function bench() {
  const model = new RuntimeModel({ clock: new VirtualClock() });
  const labels = { [label.podUid]: 'u', [label.containerName]: 'app' };
  const sandbox = model.putSandbox({
    metadata: { name: 'web', namespace: 'default', uid: 'u', attempt: 0 },
    labels: { [label.podUid]: 'u' },
  });
  const config = (attempt: number) => ({ metadata: { name: 'app', attempt }, image: { image: 'i' }, labels });
  const first = model.putContainer(sandbox, config(0), {});
  model.exitContainer(first, 1);
  const second = model.putContainer(sandbox, config(1), {});
  const calls: unknown[] = [];
  model.onCall(({ phase, call, request }) => {
    if (phase === 'before' && ['Exec', 'Attach', 'PortForward'].includes(call)) calls.push([call, request]);
  });
  const cri: StreamingCri = modelCri(model);
  return { model, sandbox, second, calls, streams: runtimeStreams(cri) };
}

const app = { podUid: 'u', container: 'app' };

test('streams are those of the container that runs', async () => {
  const { streams, second, sandbox, calls } = bench();
  expect(await streams.exec(app, { ...flags, command: ['ls'] })).toContain('/exec/');
  expect(await streams.attach(app, flags)).toContain('/attach/');
  expect(await streams.portForward('u')).toContain('/portforward/');
  expect(calls).toEqual([
    ['Exec', { container_id: second, cmd: ['ls'], ...flags }],
    ['Attach', { container_id: second, ...flags }],
    ['PortForward', { pod_sandbox_id: sandbox, port: [] }],
  ]);
});

test.each([
  ['another container', { podUid: 'u', container: 'other' }, 'container not found ("other")'],
  ['another pod', { podUid: 'v', container: 'app' }, 'container not found ("app")'],
])('%s does not run', async (_, container, message) => {
  const { streams } = bench();
  const refusal = { reason: 'BadRequest', message };
  await expect(streams.attach(container, flags)).rejects.toMatchObject(refusal);
  await expect(streams.exec(container, { ...flags, command: ['ls'] })).rejects.toMatchObject(refusal);
});

test('what has ended has no streams', async () => {
  const { model, streams, second, sandbox } = bench();
  model.exitContainer(second, 0);
  await expect(streams.attach(app, flags)).rejects.toMatchObject({ reason: 'BadRequest' });
  model.loseSandbox(sandbox);
  await expect(streams.portForward('u')).rejects.toMatchObject({
    reason: 'BadRequest',
    message: 'unable to forward port because pod is not running',
  });
});
