import type { PodKey } from '../../../src/pod/index.ts';
import type { CheckOf } from './check.ts';

/** At most one live sandbox for a pod, and none for a name while another pod of that name still has something running. */
export const oneSandbox: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid = '' }) {
    if (name !== 'RunPodSandbox') return;
    const ready = facts.sandboxesOf(uid).find((sandbox) => facts.isReady(sandbox) && !sandbox.madeUnseen);
    if (ready !== undefined)
      violate('one-sandbox', 'a second sandbox is asked for beside', ready.id.slice(0, 8), 'of', ready.key);
    const { namespace, name: pod } = request.config?.metadata ?? {};
    const key = `${namespace}/${pod}` as PodKey;
    const other = [...facts.instances.values()].find(
      (instance) =>
        instance.key === key &&
        instance.uid !== uid &&
        instance.startedUnseen !== true &&
        facts.isRunning(instance),
    );
    if (other !== undefined)
      violate(
        'one-pod-per-name',
        key,
        'of uid',
        uid,
        'is begun while',
        other.name,
        'of uid',
        other.uid,
        'runs',
      );
  },
  onSandboxMade({ uid, key }) {
    const ready = facts.sandboxesOf(uid).filter((sandbox) => facts.isReady(sandbox));
    if (ready.length > 1) violate('one-sandbox', key, 'has', ready.length, 'live sandboxes');
  },
  onStarted({ uid, name, key, id }) {
    const others = facts.instancesOf(uid, name).filter((other) => other.id !== id && facts.isRunning(other));
    if (others.length > 0) violate('one-instance', 'container', name, 'of', key, 'runs twice');
  },
});
