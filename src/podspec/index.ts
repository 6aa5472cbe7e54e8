/**
 * podspec: a Pod in, the runtime's own request values out. Pure translation: what it returns is sent as it stands, so a golden
 * test of these functions is a test of the wire. Decides nothing about when.
 */
export { type ContainerIdentity, containerConfig, containerLogPath } from './container-config.ts';
export { podLogDirectory, type SandboxIdentity, sandboxConfig } from './sandbox-config.ts';
