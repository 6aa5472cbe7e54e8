import { hasCode } from '../base/index.ts';
import { asContainerId, asSandboxId } from '../pod/index.ts';
import {
  conditionsOf,
  containerDetails,
  containerUsage,
  demand,
  execResult,
  imageFilesystem,
  imageInfo,
  observedContainer,
  observedSandbox,
  sandboxDetails,
  verifiedImage,
  versionOf,
} from './answers.ts';
import type { Invoke } from './calls.ts';
import type { ContainerConfig, ImageSpec } from './messages.generated.ts';
import type { Cri, ListFilter, StreamFlags } from './port.ts';
import { runtimeFacts } from './runtime-facts.ts';

/** The port over whatever carries single calls: the gRPC channel, or a model of a runtime in tests. */
export function criOver(invoke: Invoke): Cri {
  return {
    ...observing(invoke),
    ...sandboxes(invoke),
    ...containers(invoke),
    ...streams(invoke),
    ...images(invoke),
  };
}

type Observing = Pick<
  Cri,
  'version' | 'facts' | 'status' | 'listSandboxes' | 'listContainers' | 'sandboxStatus' | 'containerStatus'
>;
type Sandboxes = Pick<Cri, 'runSandbox' | 'stopSandbox' | 'removeSandbox'>;
type Containers = Pick<
  Cri,
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'removeContainer'
  | 'execSync'
  | 'reopenContainerLog'
>;
type Streams = Pick<Cri, 'exec' | 'attach' | 'portForward' | 'containerUsage'>;
type Images = Pick<Cri, 'imageStatus' | 'listImages' | 'pullImage' | 'removeImage' | 'imageFsInfo'>;

function observing(invoke: Invoke): Observing {
  return {
    async version(options) {
      return versionOf(await invoke('Version', {}, options));
    },
    async facts(options) {
      const [version, status, config] = await Promise.all([
        invoke('Version', {}, options),
        invoke('Status', { verbose: true }, options),
        whereServed(invoke('RuntimeConfig', {}, options)),
      ]);
      return runtimeFacts({ version, status, config });
    },
    async status(options) {
      return conditionsOf(await invoke('Status', {}, options));
    },
    async listSandboxes(filter, options) {
      const answer = await invoke('ListPodSandbox', { filter: wireFilter(filter) }, options);
      return (answer.items ?? []).map(observedSandbox);
    },
    async listContainers(filter, options) {
      const answer = await invoke('ListContainers', { filter: wireFilter(filter) }, options);
      return (answer.containers ?? []).map(observedContainer);
    },
    async sandboxStatus(id, options) {
      return sandboxDetails(await invoke('PodSandboxStatus', { pod_sandbox_id: id }, options));
    },
    async containerStatus(id, options) {
      return containerDetails(await invoke('ContainerStatus', { container_id: id }, options));
    },
  };
}

function sandboxes(invoke: Invoke): Sandboxes {
  return {
    async runSandbox(config, options) {
      const request = { config, runtime_handler: options?.runtimeHandler ?? '' };
      const answer = await invoke('RunPodSandbox', request, options);
      return asSandboxId(demand(answer.pod_sandbox_id, 'RunPodSandbox', 'pod_sandbox_id'));
    },
    async stopSandbox(id, options) {
      await unlessGone(invoke('StopPodSandbox', { pod_sandbox_id: id }, options));
    },
    async removeSandbox(id, options) {
      await unlessGone(invoke('RemovePodSandbox', { pod_sandbox_id: id }, options));
    },
  };
}

function containers(invoke: Invoke): Containers {
  return {
    async createContainer({ sandboxId, config, sandboxConfig }, options) {
      const request = {
        pod_sandbox_id: sandboxId,
        config: wireContainer(config),
        sandbox_config: sandboxConfig,
      };
      const answer = await invoke('CreateContainer', request, options);
      return asContainerId(demand(answer.container_id, 'CreateContainer', 'container_id'));
    },
    async startContainer(id, options) {
      await invoke('StartContainer', { container_id: id }, options);
    },
    async stopContainer(id, timeoutSeconds, options) {
      await unlessGone(invoke('StopContainer', { container_id: id, timeout: timeoutSeconds }, options));
    },
    async removeContainer(id, options) {
      await unlessGone(invoke('RemoveContainer', { container_id: id }, options));
    },
    async execSync(id, command, options) {
      const request = { container_id: id, cmd: command, timeout: options?.timeoutSeconds ?? 0 };
      return execResult(await invoke('ExecSync', request, options));
    },
    async reopenContainerLog(id, options) {
      await invoke('ReopenContainerLog', { container_id: id }, options);
    },
  };
}

function streams(invoke: Invoke): Streams {
  return {
    async exec(id, { command, ...flags }, options) {
      const answer = await invoke('Exec', { container_id: id, cmd: command, ...wireFlags(flags) }, options);
      return demand(answer.url, 'Exec', 'url');
    },
    async attach(id, flags, options) {
      const answer = await invoke('Attach', { container_id: id, ...wireFlags(flags) }, options);
      return demand(answer.url, 'Attach', 'url');
    },
    async portForward(id, options) {
      const answer = await invoke('PortForward', { pod_sandbox_id: id, port: [] }, options);
      return demand(answer.url, 'PortForward', 'url');
    },
    async containerUsage(filter, options) {
      const answer = await invoke('ListContainerStats', { filter: wireFilter(filter) }, options);
      return (answer.stats ?? []).map(containerUsage).filter((usage) => usage !== undefined);
    },
  };
}

/** By name, so that nothing else of an object that has more than flags reaches the wire. */
function wireFlags({ stdin, stdout, stderr, tty }: StreamFlags): StreamFlags {
  return { stdin, stdout, stderr, tty };
}

function images(invoke: Invoke): Images {
  return {
    async imageStatus(image, options) {
      const answer = await invoke('ImageStatus', { image: spec(image) }, options);
      return answer.image ? verifiedImage(answer.image) : undefined;
    },
    async listImages(options) {
      const answer = await invoke('ListImages', {}, options);
      return (answer.images ?? []).map(imageInfo);
    },
    async pullImage(image, options) {
      const auth = options?.auth;
      const answer = await invoke('PullImage', { image: spec(image), ...(auth && { auth }) }, options);
      return demand(answer.image_ref, 'PullImage', 'image_ref');
    },
    async removeImage(image, options) {
      await unlessGone(invoke('RemoveImage', { image: spec(image) }, options));
    },
    async imageFsInfo(options) {
      const answer = await invoke('ImageFsInfo', {}, options);
      return (answer.image_filesystems ?? []).map(imageFilesystem);
    },
  };
}

/** Undefined where the runtime knows no such call, or cannot answer it. */
async function whereServed<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'CRI_UNIMPLEMENTED') || hasCode(error, 'CRI_FAILED')) return undefined;
    throw error;
  }
}

/** The CRI promises success for what is unknown; containerd 1.6 answers NOT_FOUND to StopPodSandbox all the same. */
async function unlessGone(stopOrRemove: Promise<unknown>): Promise<void> {
  try {
    await stopOrRemove;
  } catch (error) {
    if (!hasCode(error, 'CRI_NOT_FOUND')) throw error;
  }
}

function spec(image: string): ImageSpec {
  return { image };
}

function wireFilter(filter: ListFilter | undefined): { label_selector: Readonly<Record<string, string>> } {
  return { label_selector: filter?.labels ?? {} };
}

/** The values of variables are bytes on the wire, and the encoder would take text for base64. */
function wireContainer(config: ContainerConfig): ContainerConfig {
  const envs = (config.envs ?? []).map(({ key = '', value = '' }) => ({ key, value: Buffer.from(value) }));
  return { ...config, envs: envs as unknown as NonNullable<ContainerConfig['envs']> };
}
