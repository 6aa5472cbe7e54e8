import type { RequestOf } from '../../src/cri/calls.ts';
import type {
  Container,
  ContainerConfig,
  ContainerState,
  ContainerStats,
  ContainerStatus,
} from '../../src/cri/messages.generated.ts';
import { execute } from './model-commands.ts';
import { notFound, refused } from './model-failure.ts';
import { type Handlers, msToNs, passes, type Work } from './model-sandboxes.ts';
import { containerName, type ModelContainer, type ModelParts, type ModelState } from './model-state.ts';

type ContainerCalls =
  | 'CreateContainer'
  | 'StartContainer'
  | 'StopContainer'
  | 'RemoveContainer'
  | 'ListContainers'
  | 'ContainerStatus'
  | 'ExecSync'
  | 'ReopenContainerLog'
  | 'ListContainerStats';

const START_ERROR_CODE = 128;
/** What every container takes of a CPU, and of memory, while it runs. */
const CPU_SHARE = 0.1;
const WORKING_SET_BYTES = 4 * 1024 * 1024;

export function containerHandlers(parts: ModelParts): Handlers<ContainerCalls> {
  const { state } = parts;
  return {
    CreateContainer: (request, work) => create(state, request, work),
    async StartContainer({ container_id: id = '' }, work) {
      await start(parts, known(state, id), work);
      return {};
    },
    async StopContainer({ container_id: id = '', timeout = 0 }, work) {
      const container = state.containers.get(id);
      if (container?.state === 'running') await stop(container, Number(timeout) * 1000, work);
      return {};
    },
    RemoveContainer({ container_id: id = '' }) {
      const container = state.containers.get(id);
      if (container !== undefined) state.removeContainer(container);
      return {};
    },
    ListContainers({ filter }) {
      const items = [...state.containers.values()].map((container) => listed(container));
      const sandboxId = filter?.pod_sandbox_id ?? '';
      const inSandbox = items.filter((item) => (item.pod_sandbox_id ?? '').startsWith(sandboxId));
      return { containers: inSandbox.filter((item) => passes(item, filter ?? {}, item.state)) };
    },
    ContainerStatus({ container_id: id = '' }) {
      return { status: statusOf(state, known(state, id)) };
    },
    ExecSync({ container_id: id = '', cmd = [], timeout = 0 }, { scope }) {
      const limitMs = Number(timeout) > 0 ? Number(timeout) * 1000 : Number.POSITIVE_INFINITY;
      return execute(parts, known(state, id), { command: cmd, limitMs, scope });
    },
    ListContainerStats({ filter }) {
      const running = [...state.containers.values()].filter((container) => container.state === 'running');
      const wanted = running.filter((container) => passes(listed(container), filter ?? {}, undefined));
      return { stats: wanted.map((container) => statsOf(state, container)) };
    },
    ReopenContainerLog({ container_id: id = '' }) {
      const container = known(state, id);
      if (container.state !== 'running') throw refused('container is not running');
      state.openLog(container);
      return {};
    },
  };
}

async function create(
  state: ModelState,
  request: RequestOf<'CreateContainer'>,
  work: Work,
): Promise<{ container_id: string }> {
  const { pod_sandbox_id: sandboxId = '', config = {}, sandbox_config: sandboxConfig = {} } = request;
  if (state.sandboxes.get(sandboxId) === undefined) {
    throw notFound(`failed to find sandbox id "${sandboxId}": not found`);
  }
  checkSandboxRuns(state, sandboxId);
  const id = state.newId();
  state.reserve('container', containerName(config, sandboxConfig), id);
  try {
    await work.make();
    checkSandboxRuns(state, sandboxId);
    const imageId = imageFor(state, config);
    const logPath = config.log_path ? `${sandboxConfig.log_directory ?? ''}/${config.log_path}` : '';
    state.addContainer({ id, sandboxId, config: readable(config), imageId, logPath });
  } catch (error) {
    state.releaseNames(id);
    throw error;
  }
  return { container_id: id };
}

/** 2.1 does not ask when it creates, only when it starts. */
function checkSandboxRuns(state: ModelState, id: string): void {
  if (state.release !== '1.6' && state.sandboxes.has(id)) return;
  if (state.sandboxes.get(id)?.state === 'ready') return;
  throw notFound(
    `failed to get sandbox container task: no running task found: task ${id} not found: not found`,
  );
}

function imageFor(state: ModelState, config: ContainerConfig): string {
  const name = config.image?.image ?? '';
  const image = state.imageNamed(name);
  if (image === undefined) throw notFound(`failed to resolve image "${name}": not found`);
  return image.id;
}

async function start(
  { state, behaviourOf }: ModelParts,
  container: ModelContainer,
  work: Work,
): Promise<void> {
  if (container.starting) throw refused(`container "${container.id}" is already in starting state`);
  if (container.state !== 'created') {
    const words = `container is in CONTAINER_${container.state.toUpperCase()} state`;
    throw refused(`failed to set starting state for container "${container.id}": ${words}`);
  }
  container.starting = true;
  try {
    await work.make();
  } finally {
    container.starting = false;
  }
  const behaviour = behaviourOf(container.config);
  const isReady = state.sandboxes.get(container.sandboxId)?.state === 'ready';
  const error = isReady ? behaviour.startError : `sandbox container "${container.sandboxId}" is not running`;
  if (isReady) state.openLog(container);
  if (error === undefined) return state.run(container, behaviour);
  state.exited(container, { exitCode: START_ERROR_CODE, reason: 'StartError', message: error });
  throw refused(error);
}

/** The signal goes out once. Whoever waits long enough kills; whoever leaves does not. */
async function stop(container: ModelContainer, timeoutMs: number, { scope }: Work): Promise<void> {
  if (timeoutMs > 0) {
    if (!container.stopSignalled) container.process?.stopSignal();
    container.stopSignalled = true;
    if (await scope.awaits(container.ended, timeoutMs)) return;
  }
  container.process?.kill();
}

function known(state: ModelState, id: string): ModelContainer {
  const container = state.containers.get(id);
  if (container === undefined)
    throw notFound(`an error occurred when try to find container "${id}": not found`);
  return container;
}

const STATES: Readonly<Record<ModelContainer['state'], ContainerState>> = {
  created: 'CONTAINER_CREATED',
  running: 'CONTAINER_RUNNING',
  exited: 'CONTAINER_EXITED',
  unknown: 'CONTAINER_UNKNOWN',
};

function listed(container: ModelContainer): Container {
  const { metadata = {}, image = {}, labels = {}, annotations = {} } = container.config;
  return {
    id: container.id,
    pod_sandbox_id: container.sandboxId,
    metadata,
    image,
    image_ref: container.imageId,
    state: STATES[container.state],
    created_at: msToNs(container.createdAtMs),
    labels,
    annotations,
  };
}

function statusOf(state: ModelState, container: ModelContainer): ContainerStatus {
  const { pod_sandbox_id: _, ...common } = listed(container);
  const [tag] = state.images.get(container.imageId)?.tags ?? [];
  return {
    ...common,
    image: { image: tag ?? container.imageId },
    started_at: msToNs(container.startedAtMs),
    finished_at: msToNs(container.finishedAtMs),
    exit_code: container.exitCode,
    reason: container.reason,
    message: container.message,
    log_path: container.logPath,
  };
}

function statsOf(state: ModelState, container: ModelContainer): ContainerStats {
  const { id, metadata = {}, labels = {}, annotations = {} } = listed(container);
  const nowMs = state.clock.nowMs();
  const timestamp = msToNs(nowMs);
  return {
    attributes: { id: id ?? '', metadata, labels, annotations },
    cpu: {
      timestamp,
      usage_core_nano_seconds: { value: msToNs((nowMs - container.startedAtMs) * CPU_SHARE) },
    },
    memory: { timestamp, working_set_bytes: { value: String(WORKING_SET_BYTES) } },
  };
}

/** Values of variables arrive as bytes; kept is the text, as the config was written. */
function readable(config: ContainerConfig): ContainerConfig {
  const text = (value: unknown): string =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
  return { ...config, envs: (config.envs ?? []).map(({ key = '', value }) => ({ key, value: text(value) })) };
}
