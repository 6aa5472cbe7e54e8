/** What the configuration depends on: paths and what this host allows. */
export interface ConfigFacts {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly socket: string;
  readonly cniBinDir: string;
  readonly cniConfDir: string;
  readonly registryDir: string;
  /** Undefined leaves the runtime's default, which is pulled from a registry. */
  readonly sandboxImage: string | undefined;
  /** False where the process may not lower oom_score_adj (CAP_SYS_RESOURCE is missing). */
  readonly mayLowerOomScore: boolean;
  /** overlayfs cannot be stacked on an overlayfs. */
  readonly rootIsOverlay: boolean;
}

/**
 * Not needed by CRI. Some of them touch places outside our root (`opt` makes /opt/containerd), and `restart` acts on labels that an
 * image brings along: with its logging label an image could have programs run on the host (CVE-2026-53488). It moved in 2.1.
 */
const DISABLED_PLUGINS = [
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.restart',
  'io.containerd.internal.v1.tracing',
  'io.containerd.monitor.container.v1.restart',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.blockfile',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.erofs',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
];

const CRI = 'plugins."io.containerd.grpc.v1.cri"';

/**
 * containerd's configuration as TOML. Format version 2 is read by every release from 1.6 to 2.x. The streaming server
 * keeps its default, a random port on 127.0.0.1. NRI is off because its socket has one fixed place per machine.
 */
export function containerdConfig(facts: ConfigFacts): string {
  const lines = [
    '# Written by tinylet at every start of its private containerd: edits are lost.',
    'version = 2',
    `root = ${text(facts.dataDir)}`,
    `state = ${text(facts.stateDir)}`,
    `oom_score = ${facts.mayLowerOomScore ? -999 : 0}`,
    `disabled_plugins = [${DISABLED_PLUGINS.map(text).join(', ')}]`,
    '',
    '[grpc]',
    `address = ${text(facts.socket)}`,
    '',
    `[${CRI}]`,
    ...(facts.sandboxImage === undefined ? [] : [`sandbox_image = ${text(facts.sandboxImage)}`]),
    `restrict_oom_score_adj = ${!facts.mayLowerOomScore}`,
    'netns_mounts_under_state_dir = true',
    'disable_tcp_service = true',
    'stream_server_address = "127.0.0.1"',
    '',
    `[${CRI}.cni]`,
    `bin_dir = ${text(facts.cniBinDir)}`,
    `conf_dir = ${text(facts.cniConfDir)}`,
    '',
    `[${CRI}.containerd]`,
    `snapshotter = ${text(facts.rootIsOverlay ? 'native' : 'overlayfs')}`,
    'default_runtime_name = "runc"',
    '',
    `[${CRI}.containerd.runtimes.runc]`,
    'runtime_type = "io.containerd.runc.v2"',
    '',
    `[${CRI}.containerd.runtimes.runc.options]`,
    'SystemdCgroup = false',
    `Root = ${text(`${facts.stateDir}/runc`)}`,
    '',
    `[${CRI}.registry]`,
    `config_path = ${text(facts.registryDir)}`,
    '',
    '[plugins."io.containerd.nri.v1.nri"]',
    'disable = true',
  ];
  return `${lines.join('\n')}\n`;
}

/** A TOML basic string: JSON's escapes are a subset of its own. */
function text(value: string): string {
  return JSON.stringify(value);
}
