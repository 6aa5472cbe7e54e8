import { describe, expect, it } from 'vitest';
import { type ConfigFacts, containerdConfig } from '../../../src/standalone/containerd-config.ts';

const facts: ConfigFacts = {
  dataDir: '/r/containerd/root',
  stateDir: '/r/containerd/state',
  socket: '/r/containerd/containerd.sock',
  cniBinDir: '/usr/lib/cni',
  cniConfDir: '/r/containerd/cni',
  registryDir: '/r/containerd/certs.d',
  sandboxImage: 'tinylet.local/pause:1',
  mayLowerOomScore: true,
  rootIsOverlay: false,
};

const GOLDEN = `# Written by tinylet at every start of its private containerd: edits are lost.
version = 2
root = "/r/containerd/root"
state = "/r/containerd/state"
oom_score = -999
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.restart", "io.containerd.internal.v1.tracing", "io.containerd.monitor.container.v1.restart", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.erofs", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
address = "/r/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "tinylet.local/pause:1"
restrict_oom_score_adj = false
netns_mounts_under_state_dir = true
disable_tcp_service = true
stream_server_address = "127.0.0.1"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "/r/containerd/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
Root = "/r/containerd/state/runc"

[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "/r/containerd/certs.d"

[plugins."io.containerd.nri.v1.nri"]
disable = true
`;

describe('containerdConfig', () => {
  it('writes the whole file', () => {
    expect(containerdConfig(facts)).toBe(GOLDEN);
  });

  it.each<[string, Partial<ConfigFacts>, string[], string[]]>([
    ['no image offered', { sandboxImage: undefined }, ['sandbox_image = "tinylet.local/pause:1"'], []],
    [
      'no CAP_SYS_RESOURCE',
      { mayLowerOomScore: false },
      ['oom_score = -999', 'restrict_oom_score_adj = false'],
      ['oom_score = 0', 'restrict_oom_score_adj = true'],
    ],
    [
      'a root on overlayfs',
      { rootIsOverlay: true },
      ['snapshotter = "overlayfs"'],
      ['snapshotter = "native"'],
    ],
    [
      'a path that needs quoting',
      { registryDir: '/a "b"\\c' },
      ['config_path = "/r/containerd/certs.d"'],
      ['config_path = "/a \\"b\\"\\\\c"'],
    ],
  ])('%s changes those lines alone', (_, change, gone, come) => {
    const [before, after] = [GOLDEN, containerdConfig({ ...facts, ...change })].map((text) =>
      text.split('\n'),
    );
    expect(before?.filter((line) => !after?.includes(line))).toEqual(gone);
    expect(after?.filter((line) => !before?.includes(line))).toEqual(come);
  });
});
