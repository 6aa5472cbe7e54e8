import { annotationPrefix, type SecurityProfile } from '../pod/index.ts';
import type { Subject } from './subject.ts';

const LOCALHOST = 'localhost/';

/** The container's field, its annotation of older days, or the pod's field, in this order (kubelet: getAppArmorProfile). */
export function appArmorProfile({ pod, container }: Subject): SecurityProfile | undefined {
  const own = container.securityContext?.appArmorProfile;
  if (own !== undefined) return own;
  const noted = annotationOf({ pod, container });
  return noted === undefined ? pod.spec.securityContext?.appArmorProfile : parseNoted(noted);
}

/** What is wrong with a container's annotation, in Kubernetes' words. */
export function appArmorAnnotationProblem(subject: Subject): string | undefined {
  const noted = annotationOf(subject);
  const known = noted === undefined || parseNoted(noted) !== undefined;
  return known ? undefined : `invalid AppArmor profile name: "${noted}"`;
}

/** An empty one says nothing. */
function annotationOf({ pod, container }: Subject): string | undefined {
  return pod.metadata.annotations[`${annotationPrefix.appArmor}${container.name}`] || undefined;
}

function parseNoted(text: string): SecurityProfile | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  if (!text.startsWith(LOCALHOST) || text === LOCALHOST) return undefined;
  return { type: 'Localhost', localhostProfile: text.slice(LOCALHOST.length) };
}
