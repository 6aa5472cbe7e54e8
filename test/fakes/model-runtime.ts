import { type Release, unimplemented } from './model-failure.ts';
import type { Handlers } from './model-sandboxes.ts';

interface Runtime {
  readonly release: Release;
  readonly networkReady: () => boolean;
  readonly cgroupDriver?: 'cgroupfs' | 'systemd';
}

/** What the runtime says of itself. */
export function runtimeHandlers({
  release,
  networkReady,
  cgroupDriver = 'cgroupfs',
}: Runtime): Handlers<'Version' | 'Status' | 'RuntimeConfig'> {
  return {
    Version: () => ({
      version: '0.1.0',
      runtime_name: 'containerd',
      runtime_version: `v${release}.9`,
      runtime_api_version: 'v1',
    }),
    Status: ({ verbose }) => ({
      status: {
        conditions: [
          { type: 'RuntimeReady', status: true },
          { type: 'NetworkReady', status: networkReady() },
        ],
      },
      ...(verbose && { info: { config: configuration(cgroupDriver) } }),
      ...(release !== '1.6' && features),
    }),
    RuntimeConfig() {
      if (release === '1.6') throw unimplemented('RuntimeConfig');
      return { linux: { cgroup_driver: cgroupDriver === 'systemd' ? 'SYSTEMD' : 'CGROUPFS' } };
    },
  };
}

const features = {
  runtime_handlers: ['', 'runc'].map((name) => ({
    name,
    features: { recursive_read_only_mounts: true, user_namespaces: false },
  })),
  features: { supplemental_groups_policy: true },
};

/** The part of containerd's configuration that tells the driver. */
function configuration(driver: 'cgroupfs' | 'systemd'): string {
  const runc = { runtimeType: 'io.containerd.runc.v2', options: { SystemdCgroup: driver === 'systemd' } };
  return JSON.stringify({ containerd: { defaultRuntimeName: 'runc', runtimes: { runc } } });
}
