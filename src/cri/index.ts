/**
 * cri: the container runtime as the other rooms see it. In: plain CRI messages (field names of the wire) and ids; out:
 * plain values and TinyletErrors with CRI_* codes. Invariant: gRPC, its status codes and its number formats do not leave
 * this room.
 */
export type {
  AuthConfig,
  ContainerConfig,
  LinuxContainerConfig,
  LinuxContainerResources,
  LinuxContainerSecurityContext,
  LinuxPodSandboxConfig,
  LinuxSandboxSecurityContext,
  Mount,
  NamespaceOption,
  PodSandboxConfig,
  PortMapping,
} from './messages.generated.ts';
export type {
  CallOptions,
  CreateContainer,
  Cri,
  ImageInfo,
  ListFilter,
  RuntimeCondition,
  RuntimeVersion,
} from './port.ts';
