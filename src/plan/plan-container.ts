import { goDuration } from '../base/index.ts';
import type { PodSandboxConfig } from '../cri/index.ts';
import type { ImageNeed } from '../images/index.ts';
import type { Container, ContainerId, EphemeralContainer, ObservedSandbox } from '../pod/index.ts';
import {
  checkUser,
  configDigest,
  containerConfig,
  hostsFile,
  type Place,
  resolveEnv,
  runtimeHandler,
} from '../podspec/index.ts';
import type { Wait } from '../targets/index.ts';
import { containerMounts } from '../volumes/index.ts';
import type { ContainerStep } from './container-step.ts';
import { containerFailureKey, standingFailure } from './failures.ts';
import type { Fate } from './fate.ts';
import { imageNeed, imageVolumeNeeds } from './plan-images.ts';
import type { PlanInputFor } from './plan-input.ts';
import { planPostStart } from './plan-starts.ts';
import { isBackingOff, restartDelayMs } from './restart.ts';
import { podFactsOf } from './surroundings.ts';

type RunInput = PlanInputFor<'run'>;

export interface ContainerSubject {
  readonly container: Container;
  readonly fate: Fate;
  readonly made: { readonly sandbox: ObservedSandbox; readonly config: () => PodSandboxConfig };
  readonly place: Place;
}

/** The next step of one container in its sandbox. */
export function planContainer(input: RunInput, subject: ContainerSubject): ContainerStep {
  const { container, fate } = subject;
  if (fate.kind === 'hook') return planPostStart(input, container, fate.instance);
  if (fate.kind === 'restart-all') return { wait: crashLoop(container, input, fate) };
  if (fate.kind !== 'start' && fate.kind !== 'create') return {};
  if (fate.kind === 'create' && isBackingOff(fate.atMs, input.nowMs))
    return { wait: crashLoop(container, input, fate) };
  const step = planMaking(input, { ...subject, fate });
  // What is made has its postStart hook before it before later ones are made (kubelet: startContainer).
  const isFirst = step.action !== undefined && container.lifecycle?.postStart !== undefined;
  return isFirst ? { ...step, holds: 'everything' } : step;
}

type Making = ContainerSubject & { readonly fate: Extract<Fate, { kind: 'create' | 'start' }> };

/** The next step of a container that is to be created or started now. */
function planMaking(input: RunInput, subject: Making): ContainerStep {
  const { container, fate } = subject;
  const failure = standingFailure(input.failures, containerFailureKey(container.name), input.nowMs);
  if (failure !== undefined) return { wait: failure };
  if (fate.kind === 'start')
    return { action: { type: 'start-container', id: fate.instance.id, container: container.name } };
  const images = readyImages(input, container, fate.attempt);
  return 'step' in images ? images.step : createContainer(input, { ...subject, fate }, images);
}

interface ReadyImages {
  readonly need: ImageNeed;
  readonly image: {
    readonly imageId: string;
    readonly user?: { readonly uid?: number; readonly username: string };
  };
  /** By volume. */
  readonly volumes: ReadonlyMap<string, { readonly imageId: string }>;
}

/** The images of a container and its image volumes, or the step that gets the first one that is not there. */
function readyImages(
  input: RunInput,
  container: Container,
  attempt: number,
): ReadyImages | { step: ContainerStep } {
  const need = imageNeed(input, container, attempt);
  const volumes = new Map<string, { imageId: string }>();
  for (const [volume, volumeNeed] of imageVolumeNeeds(input, container)) {
    const image = input.image(volumeNeed);
    if (image.state !== 'ready') return { step: imageStep(volumeNeed, image) };
    volumes.set(volume, image);
  }
  const image = input.image(need);
  return image.state === 'ready' ? { need, image, volumes } : { step: imageStep(need, image) };
}

function imageStep(
  need: ImageNeed,
  image: Exclude<ReturnType<RunInput['image']>, { state: 'ready' }>,
): ContainerStep {
  switch (image.state) {
    case 'unknown':
      return {
        action: { type: 'ensure-image', need },
        holds: 'creation',
        ...(image.last && { wait: image.last }),
      };
    case 'pulling':
      return {
        wait: { reason: 'ContainerCreating', message: `Pulling image "${need.image}"` },
        holds: 'creation',
      };
    case 'failed':
      return { wait: { reason: image.reason, message: image.message, untilMs: image.untilMs } };
  }
}

type Creation = ContainerSubject & { readonly fate: Extract<Fate, { kind: 'create' }> };

/** What a container is made from is looked up anew for every instance: objects, files and the image's user may have changed. */
function createContainer(input: RunInput, subject: Creation, images: ReadyImages): ContainerStep {
  const { container, fate, made, place } = subject;
  const { uid, pod, uses } = input.target;
  const facts = podFactsOf(input);
  const user = images.image.user ?? { username: '' };
  const target = targetOf(container, input);
  if (target !== undefined && 'problem' in target) return configError(target.problem);
  const problem = checkUser({ pod, container }, user, uid);
  if (problem !== undefined) return configError(problem);
  const env = resolveEnv({ pod, container }, facts, { uses, envFiles: input.observed.envFiles });
  if ('problem' in env) return configError(env.problem);
  const handler = place.runtime.handlers.get(runtimeHandler(pod, uses));
  const volumes = containerMounts(pod, container, {
    uid,
    attempt: fate.attempt,
    rootDir: input.rootDir,
    variables: env.variables,
    images: images.volumes,
    facts,
    recursiveReadOnly: handler?.recursiveReadOnlyMounts ?? false,
    ...(place.usersBase !== undefined && { usersBase: place.usersBase }),
    etcHosts: hostsFile(pod, facts.podIPs, facts.node),
  });
  if ('problem' in volumes) return configError(volumes.problem);
  const configHash = configDigest({ pod, container }, uses);
  const identity = {
    uid,
    owner: input.owner,
    attempt: fate.attempt,
    backoffStep: fate.step,
    ...(configHash !== '' && { configHash }),
  };
  const parts = {
    variables: env.variables,
    image: { imageId: images.image.imageId, user },
    mounts: volumes.mounts,
    devices: volumes.devices,
    ...(target !== undefined && { processesOf: target.id }),
  };
  return {
    action: {
      type: 'create-container',
      need: images.need,
      sandboxId: made.sandbox.id,
      files: volumes.files,
      config: containerConfig({ pod, container }, identity, parts, place),
      sandboxConfig: made.config(),
    },
  };
}

/** The running instance of the container that an ephemeral one wants to see the processes of (kubelet: getTargetID). */
function targetOf(
  container: EphemeralContainer,
  { observed }: RunInput,
): { readonly id: ContainerId } | { readonly problem: string } | undefined {
  const { targetContainerName: name } = container;
  if (name === undefined) return undefined;
  const running = observed.containers.find((each) => each.name === name && each.state === 'running');
  return running ?? { problem: `unable to find target container "${name}"` };
}

function configError(message: string): ContainerStep {
  return { wait: { reason: 'CreateContainerConfigError', message } };
}

/** The kubelet's words: how long it is in all, which stays the same while it lasts (kubelet: doBackOff). */
function crashLoop(
  container: Container,
  { target, crashLoopMaxMs }: RunInput,
  { atMs, step }: { readonly atMs: number; readonly step: number },
): Wait {
  const { name, namespace } = target.pod.metadata;
  const delay = goDuration(restartDelayMs(target.pod, step, crashLoopMaxMs));
  const pod = `${name}_${namespace}(${target.uid})`;
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${delay} restarting failed container=${container.name} pod=${pod}`,
    untilMs: atMs,
  };
}
