/**
 * podspec: a Pod and its place in, the runtime's own request values out (sandbox and container configs, variables, the pod's cgroup and
 * hosts file), or why there are none (admit, checkUser, resolveEnv). Pure translation: what it returns is sent as it stands, so a
 * golden test of these functions is a test of the wire. Decides nothing about when, throws on no valid Pod, and no reason it gives
 * shows a value from a Secret or a file.
 */
export { admit, type Rejection } from './admit.ts';
export { checkUser } from './check-user.ts';
export { configDigest } from './config-digest.ts';
export {
  type ContainerIdentity,
  type ContainerParts,
  containerConfig,
  containerLogPath,
} from './container-config.ts';
export { type EnvFile, envFilesOf } from './env-file.ts';
export { hostsFile } from './hosts-file.ts';
export type { ImageUser } from './image-user.ts';
export type { Place } from './place.ts';
export { podCgroup } from './pod-cgroup.ts';
export { type EnvSources, type ResolvedEnv, resolveEnv } from './resolve-env.ts';
export { runtimeHandler } from './runtime-class.ts';
export { podLogDirectory, type SandboxIdentity, sandboxConfig } from './sandbox-config.ts';
export type { Subject } from './subject.ts';
