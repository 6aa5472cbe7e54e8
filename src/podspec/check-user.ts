import type { Pod, PodUid } from '../pod/index.ts';
import { effectiveSecurity } from './effective-security.ts';
import { type ImageUser, imageUid } from './image-user.ts';
import type { Subject } from './subject.ts';

const LARGEST_ID = 2 ** 31 - 1;
const BAD_ID = `must be between 0 and ${LARGEST_ID}, inclusive`;

/**
 * Why the container must not run as the user it would have; undefined where it may. To be asked for every instance, since an image
 * may have changed (kubelet: verifyRunAsNonRoot). Beyond the kubelet: a number that is no id is refused always, because runtimes
 * have made root of it. Nothing known of the image counts as root.
 */
export function checkUser(
  { pod, container }: Subject,
  user: ImageUser | undefined,
  uid: PodUid | undefined = pod.metadata.uid,
): string | undefined {
  const { runAsUser, runAsNonRoot } = effectiveSecurity({ pod, container });
  const who = `(pod: "${nameOf(pod, uid)}", container: ${container.name})`;
  if (runAsUser !== undefined) {
    const breaks = runAsNonRoot === true && runAsUser === 0;
    return breaks ? `container's runAsUser breaks non-root policy ${who}` : undefined;
  }
  const id = imageUid(user ?? { username: '' });
  if (id !== undefined && !(id >= 0 && id <= LARGEST_ID)) {
    return runAsNonRoot === true
      ? `container has runAsNonRoot and image has an invalid user id (${id}). (Must be 1-(${LARGEST_ID})): ${BAD_ID} ${who}`
      : `image has an invalid user id (${id}): ${BAD_ID} ${who}`;
  }
  if (runAsNonRoot !== true) return undefined;
  if (id === undefined) {
    const name = user?.username ?? '';
    return `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${who}`;
  }
  return id === 0 ? `container has runAsNonRoot and image will run as root ${who}` : undefined;
}

function nameOf({ metadata }: Pod, uid: PodUid | undefined): string {
  const name = `${metadata.name}_${metadata.namespace}`;
  return uid === undefined ? name : `${name}(${uid})`;
}
