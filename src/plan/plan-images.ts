import type { ImageNeed, PullSecret } from '../images/index.ts';
import {
  allContainers,
  type Container,
  listOf,
  type Pod,
  type Secret,
  type UsedObjects,
} from '../pod/index.ts';
import type { Action } from './actions.ts';
import type { PlanInputFor } from './plan-input.ts';
import type { Survey } from './survey.ts';

type RunInput = PlanInputFor<'run'>;

/** Begins with the images of containers that are to be made, while the sandbox is still to come. */
export function lookForImages(input: RunInput, { fates }: Survey): Action[] {
  return allContainers(input.target.pod).flatMap((container) => {
    const fate = fates.get(container.name);
    if (fate?.kind !== 'create') return [];
    const needs = [imageNeed(input, container, fate.attempt), ...imageVolumeNeeds(input, container).values()];
    return needs
      .filter((need) => input.image(need).state === 'unknown')
      .map((need): Action => ({ type: 'ensure-image', need }));
  });
}

export function imageNeed({ target }: RunInput, container: Container, attempt: number): ImageNeed {
  const { name, image, imagePullPolicy } = container;
  return {
    ...identity(target),
    fieldPath: `spec.${listOf(name, target.pod)}{${name}}`,
    container: name,
    attempt,
    image,
    policy: imagePullPolicy,
    ...credentials(target),
  };
}

/** The images that a container mounts, by volume. One need for each volume, whichever containers mount it. */
export function imageVolumeNeeds({ target }: RunInput, container: Container): ReadonlyMap<string, ImageNeed> {
  const needs = new Map<string, ImageNeed>();
  for (const { name } of container.volumeMounts ?? []) {
    const source = target.pod.spec.volumes?.find((volume) => volume.name === name)?.source;
    if (source?.kind !== 'image') continue;
    const { reference: image, pullPolicy: policy } = source;
    needs.set(name, {
      ...identity(target),
      container: `volume:${name}`,
      attempt: 0,
      image,
      policy,
      ...credentials(target),
    });
  }
  return needs;
}

function identity({ uid, pod }: RunInput['target']): Pick<ImageNeed, 'uid' | 'namespace' | 'name'> {
  const { namespace, name } = pod.metadata;
  return { uid, namespace, name };
}

function credentials({ pod, uses }: RunInput['target']): { readonly pullSecrets?: readonly PullSecret[] } {
  const pullSecrets = pullSecretsOf(pod, uses);
  return pullSecrets.length === 0 ? {} : { pullSecrets };
}

/** A secret that is missing or of another type is passed over, and told of where the pull fails (kubelet: getPullSecretsForPod). */
function pullSecretsOf(pod: Pod, uses: UsedObjects): PullSecret[] {
  return (pod.spec.imagePullSecrets ?? []).map((name) => {
    const secret = uses.secrets.get(name);
    return secret === undefined ? { name, problem: 'not found' } : pullSecretOf(name, secret);
  });
}

const KEYS = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
} as const;

function pullSecretOf(name: string, { type, data }: Secret): PullSecret {
  if (type !== 'kubernetes.io/dockerconfigjson' && type !== 'kubernetes.io/dockercfg')
    return { name, problem: `is of type ${type}, which holds no registry credentials` };
  const base64 = data.get(KEYS[type]) ?? '';
  return { name, type, text: Buffer.from(base64, 'base64').toString() };
}
