import { label } from '../../../src/pod/index.ts';
import type { CheckOf } from './check.ts';

/** Nothing without our label is touched, and a name that another tinylet uses is left to it. */
export const ownership: CheckOf = (facts, violate) => ({
  onCall({ name, request, uid }) {
    const { container_id: containerId, pod_sandbox_id: sandboxId, config } = request;
    const container = facts.model.container(containerId ?? '');
    if (container !== undefined && !facts.isOurs(container.config.labels))
      violate('ownership', name, 'on a container of somebody else', containerId);
    const sandbox = facts.model.sandbox(sandboxId ?? '');
    if (sandbox !== undefined && !facts.isOurs(sandbox.config.labels))
      violate('ownership', name, 'on a sandbox of somebody else', sandboxId);
    if (name === 'RemoveImage') violate('ownership', 'an image is removed');
    if (config !== undefined && !facts.isOurs(config.labels))
      violate('ownership', name, 'makes something without our label');
    if (name !== 'RunPodSandbox') return;
    const rival = facts.model.sandboxes.find(
      ({ config: other }) =>
        other.labels?.[label.tinylet] === 'true' &&
        !facts.isOurs(other.labels) &&
        other.metadata?.name === config?.metadata?.name &&
        other.metadata?.namespace === config?.metadata?.namespace,
    );
    if (rival !== undefined)
      violate('ownership', 'pod', uid, 'takes the name of a pod of another tinylet', config?.metadata?.name);
  },
});
