import type { ImageNeed } from '../images/index.ts';
import {
  allContainers,
  annotation,
  type Container,
  containerHash,
  isSidecar,
  type Pod,
  sandboxHashMatches,
} from '../pod/index.ts';
import { admit, checkUser, resolveEnv } from '../podspec/index.ts';
import type { PodRecord } from '../state/index.ts';
import type { Wait } from '../targets/index.ts';
import { planVolumes } from '../volumes/index.ts';
import type { Action } from './actions.ts';
import { imageNeed, imageVolumeNeeds } from './plan-images.ts';
import type { PlanInputFor } from './plan-input.ts';
import { volumesText } from './prepared.ts';
import { placeOf, podFactsOf } from './surroundings.ts';
import { isMadeFrom } from './version-ready.ts';

type RunInput = PlanInputFor<'run'>;

/** What stands between a wanted version and its being run: nothing where there is neither an action nor a wait. */
export interface Outlook {
  /** Looks for images, which begins pulls. */
  readonly actions: readonly Action[];
  /** Of the pod, not of containers: those run. */
  readonly waits: readonly Wait[];
}

/**
 * What can be known beforehand of the wanted version (`input.target.pod`) while `standing` runs: whether the machine can run it, whether
 * its objects are there, and its images. Only what it makes anew is asked for, with the very needs the plan will have for it.
 */
export function updateOutlook(input: RunInput, record: PodRecord, standing: Pod): Outlook {
  const needsSandbox = isOtherSandbox(input);
  const anew = containersAnew(input, standing, needsSandbox);
  if (anew.length === 0) return { actions: [], waits: [] };
  const images = imagesFor(input, anew);
  return {
    actions: images.actions,
    waits: [
      ...(needsSandbox && input.target.blocked !== undefined ? [input.target.blocked] : []),
      ...(admitted(input, record) ?? []),
      ...missingOf(input, anew),
      ...images.waits,
    ].map(inTheMeantime),
  };
}

function isOtherSandbox({ observed: { sandboxes }, target }: RunInput): boolean {
  const [newest] = sandboxes;
  return (
    newest?.state !== 'ready' || !sandboxHashMatches(newest.annotations[annotation.sandboxHash], target.pod)
  );
}

/** A container that the wanted version makes, and the attempt it will have. */
interface Anew {
  readonly container: Container;
  readonly attempt: number;
}

/** In another sandbox all of them; in the same one those that are not what runs, or would run, already. */
function containersAnew({ target, observed }: RunInput, standing: Pod, needsSandbox: boolean): Anew[] {
  const { pod } = target;
  return allContainers(pod).flatMap((container) => {
    const latest = observed.containers.find(({ name }) => name === container.name);
    const attempt = latest === undefined ? observed.nextAttempts.get(container.name) : latest.attempt + 1;
    if (needsSandbox) return { container, attempt: attempt ?? 0 };
    if (!pod.spec.containers.includes(container) && !isSidecar(container, pod)) return [];
    const isSame =
      latest === undefined ? isUnchanged(container, pod, standing) : isMadeFrom(latest, container, pod);
    return isSame ? [] : { container, attempt: attempt ?? 0 };
  });
}

function isUnchanged(container: Container, pod: Pod, standing: Pod): boolean {
  const before = allContainers(standing).find(({ name }) => name === container.name);
  return before !== undefined && containerHash(before, standing) === containerHash(container, pod);
}

function admitted(input: RunInput, record: PodRecord): Wait[] | undefined {
  const rejection = admit(input.target.pod, placeOf(input, record));
  return rejection && [rejection];
}

/** The objects, and the keys of them, that volumes and variables are made from. Volumes that are made already go on as they are. */
function missingOf(input: RunInput, anew: readonly Anew[]): Wait[] {
  const { pod, uses } = input.target;
  const facts = podFactsOf(input);
  const made = input.prepared.volumes;
  const missing = made?.of === volumesText(pod) ? [] : planVolumes(pod, facts, uses).missing;
  return [
    ...(missing.length > 0 ? [configError(missing.join('; '))] : []),
    ...anew.flatMap(({ container }) => {
      const known = { ...container, env: container.env.filter(isKnownBeforehand) };
      const env = resolveEnv({ pod, container: known }, facts, { uses, envFiles: new Map() });
      return 'problem' in env ? [configError(env.problem, container)] : [];
    }),
  ];
}

/** The address and the files of a pod are told only once it has them. */
function isKnownBeforehand({ valueFrom }: Container['env'][number]): boolean {
  return valueFrom === undefined || valueFrom.kind === 'configMapKeyRef' || valueFrom.kind === 'secretKeyRef';
}

function imagesFor(input: RunInput, anew: readonly Anew[]): { actions: Action[]; waits: Wait[] } {
  const actions: Action[] = [];
  const waits: Wait[] = [];
  const seen = new Set<string>();
  for (const { container, attempt } of anew) {
    const own = imageNeed(input, container, attempt);
    for (const need of [own, ...imageVolumeNeeds(input, container).values()]) {
      if (seen.has(need.container)) continue;
      seen.add(need.container);
      const image = input.image(need);
      if (image.state === 'unknown') {
        actions.push({ type: 'ensure-image', need });
        if (image.last) waits.push(ofNeed(need, image.last.reason, image.last.message));
      } else if (image.state !== 'ready') waits.push(imageWait(need, image));
      else if (need === own) waits.push(...userProblem(input, container, image.user));
    }
  }
  return { actions, waits };
}

type ImageState = ReturnType<RunInput['image']>;

function imageWait(need: ImageNeed, image: Extract<ImageState, { state: 'pulling' | 'failed' }>): Wait {
  if (image.state === 'pulling') return ofNeed(need, 'Updating', `Pulling image "${need.image}"`);
  return { ...ofNeed(need, image.reason, image.message), untilMs: image.untilMs };
}

function ofNeed({ container }: ImageNeed, reason: string, message: string): Wait {
  const what = container.startsWith('volume:') ? container.replace(':', ' ') : `container ${container}`;
  return { reason, message: `${what}: ${message}` };
}

function userProblem(
  { target: { pod, uid } }: RunInput,
  container: Container,
  user: Extract<ImageState, { state: 'ready' }>['user'] = { username: '' },
): Wait[] {
  const problem = checkUser({ pod, container }, user, uid);
  return problem === undefined ? [] : [configError(problem, container)];
}

function configError(message: string, container?: Container): Wait {
  const reason = 'CreateContainerConfigError';
  return { reason, message: container === undefined ? message : `container ${container.name}: ${message}` };
}

function inTheMeantime(wait: Wait): Wait {
  return { ...wait, message: `${wait.message}; the running version goes on` };
}
