import type { HandlerFeatures, RuntimeFacts } from '../pod/index.ts';
import { versionOf } from './answers.ts';
import type * as cri from './messages.generated.ts';

/** What a runtime answered of itself. `config` is absent where it does not serve RuntimeConfig (containerd before 2.0). */
export interface RuntimeAnswers {
  readonly version: cri.VersionResponse;
  /** Asked for with `verbose`. */
  readonly status: cri.StatusResponse;
  readonly config: cri.RuntimeConfigResponse | undefined;
}

/** Puts together what is known. A part that the runtime does not tell is empty, false or undefined, never an error. */
export function runtimeFacts({ version, status, config }: RuntimeAnswers): RuntimeFacts {
  const { runtimeName, runtimeVersion } = versionOf(version);
  return {
    name: runtimeName,
    version: runtimeVersion,
    cgroupDriver: toldDriver(config) ?? configuredDriver(status.info?.config),
    ...sandboxImageOf(status.info?.config),
    supplementalGroupsPolicy: status.features?.supplemental_groups_policy ?? false,
    handlers: new Map(
      (status.runtime_handlers ?? []).map((handler) => [handler.name ?? '', featuresOf(handler)]),
    ),
  };
}

function featuresOf({ features }: cri.RuntimeHandler): HandlerFeatures {
  return {
    recursiveReadOnlyMounts: features?.recursive_read_only_mounts ?? false,
    userNamespaces: features?.user_namespaces ?? false,
  };
}

type Driver = RuntimeFacts['cgroupDriver'];

function toldDriver(config: cri.RuntimeConfigResponse | undefined): Driver {
  switch (config?.linux?.cgroup_driver) {
    case 'SYSTEMD':
      return 'systemd';
    case 'CGROUPFS':
      return 'cgroupfs';
    default:
      return undefined;
  }
}

/**
 * From the configuration that containerd shows as JSON: its default runtime decides. Only runc's options are known, whose default is
 * cgroupfs. The text may hold registry passwords, so nothing of it goes anywhere else.
 */
function configuredDriver(text: string | undefined): Driver {
  const containerd = field(parsed(text), 'containerd');
  const name = field(containerd, 'defaultRuntimeName');
  const runtime = typeof name === 'string' ? field(field(containerd, 'runtimes'), name) : undefined;
  const systemd = field(field(runtime, 'options'), 'SystemdCgroup');
  if (typeof systemd === 'boolean') return systemd ? 'systemd' : 'cgroupfs';
  const type = field(runtime, 'runtimeType');
  return typeof type === 'string' && type.startsWith('io.containerd.runc.') ? 'cgroupfs' : undefined;
}

/** As containerd before 2.0 shows it; since 1.7 it is pinned as well. */
function sandboxImageOf(text: string | undefined): Pick<RuntimeFacts, 'sandboxImage'> {
  const sandboxImage = field(parsed(text), 'sandboxImage');
  return typeof sandboxImage === 'string' && sandboxImage !== '' ? { sandboxImage } : {};
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
