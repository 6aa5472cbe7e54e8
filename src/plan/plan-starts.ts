import { allContainers, type Container, type ContainerId, type ObservedContainer } from '../pod/index.ts';
import type { PodRecord, StartRecord } from '../state/index.ts';
import type { ContainerStep } from './container-step.ts';
import type { PlanInputFor } from './plan-input.ts';
import { hookOf } from './plan-stops.ts';

type RunInput = PlanInputFor<'run'>;

/**
 * The record with what the running instances have behind them by now: a startup probe that succeeded, a postStart hook that is over. A
 * daemon that comes back asks for neither again. The same record where there is nothing new.
 */
export function noteStarts(input: RunInput, record: PodRecord): PodRecord {
  const news = allContainers(input.target.pod).flatMap((container) => {
    const instance = newestRunning(input, container);
    if (instance === undefined) return [];
    const before = record.starts?.[instance.id] ?? {};
    const now = startOf(input, container, instance.id, before);
    return now === before ? [] : [[instance.id, now] as const];
  });
  return news.length === 0
    ? record
    : { ...record, starts: { ...record.starts, ...Object.fromEntries(news) } };
}

function newestRunning({ observed }: RunInput, container: Container): ObservedContainer | undefined {
  if (container.startupProbe === undefined && container.lifecycle?.postStart === undefined) return undefined;
  return observed.containers.find(({ name, state }) => name === container.name && state === 'running');
}

function startOf(
  { health, hook }: RunInput,
  container: Container,
  id: ContainerId,
  before: StartRecord,
): StartRecord {
  const hasStarted = container.startupProbe !== undefined && health.get(id)?.started === true;
  const { state } = hook(id, 'postStart');
  const isOver = container.lifecycle?.postStart !== undefined && (state === 'done' || state === 'failed');
  const started = hasStarted && before.started !== true;
  const postStart = isOver && before.postStart !== state;
  if (!started && !postStart) return before;
  return { ...before, ...(started && { started }), ...(postStart && { postStart: state }) };
}

/** The step of a container that runs and whose postStart hook is due or under way; later containers wait for it. */
export function planPostStart(
  input: RunInput,
  container: Container,
  instance: ObservedContainer,
): ContainerStep {
  const handler = container.lifecycle?.postStart;
  if (handler === undefined) return {};
  const wait = { reason: 'PostStartHook', message: `postStart hook of container ${container.name} runs` };
  if (input.hook(instance.id, 'postStart').state !== 'none')
    return { wait, ofPod: true, holds: 'everything' };
  const hook = { ...hookOf(instance, input.target.pod, input), hook: 'postStart', handler } as const;
  return { action: { type: 'begin-hook', hook }, wait, ofPod: true, holds: 'everything' };
}

/** The record with the hooks that are about to begin. */
export function recordHooks(record: PodRecord, begun: readonly ContainerId[]): PodRecord {
  const news = begun.filter((id) => record.starts?.[id]?.postStart === undefined);
  if (news.length === 0) return record;
  const starts = news.map((id) => [id, { ...record.starts?.[id], postStart: 'begun' }] as const);
  return { ...record, starts: { ...record.starts, ...Object.fromEntries(starts) } };
}
