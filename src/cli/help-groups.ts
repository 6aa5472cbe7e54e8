/** In which order, and under which titles, help tells of commands and of the daemon's flags. What stands in no group comes last. */

export type Groups = readonly (readonly [title: string, names: readonly string[]])[];

export const COMMAND_GROUPS: Groups = [
  ['Run pods', ['run', 'apply', 'delete', 'wait']],
  ['Look at them', ['get', 'status', 'why', 'events', 'logs', 'exec']],
  ['The node', ['stop', 'kubeconfig', 'kubectl']],
  ['Files', ['validate', 'support', 'schema']],
];

export const FLAG_GROUPS: Groups = [
  ['What to run, and where', ['manifests', 'socket', 'standalone', 'root-dir', 'log-dir', 'node-name']],
  ['How to run', ['once', 'timeout', 'dry-run', 'adopt', 'interval', 'log-level', 'log-format']],
  ['Doors', ['api-socket', 'api-addr', 'api-name', 'read-only-port', 'insecure-http-addr', 'max-runs']],
  [
    'Manifests',
    [
      ...['max-manifest-bytes', 'url-interval', 'manifest-url-header', 'url-token-file', 'url-allow-empty'],
      ...['manifests-insecure', 'allowed-unsafe-sysctls', 'resolv-conf', 'runtime-root'],
    ],
  ],
  [
    'Images',
    [
      ...['registry-auth', 'max-parallel-pulls', 'image-gc', 'image-gc-high-threshold'],
      ...['image-gc-low-threshold', 'image-minimum-gc-age'],
    ],
  ],
  [
    'Containers and their ends',
    [
      ...['crash-loop-max', 'terminated-pod-retention', 'shutdown-pods', 'shutdown-grace-period'],
      ...['container-log-max-size', 'container-log-max-files', 'container-log-links'],
    ],
  ],
];

const LEFT_OVER = 'Other';

/** The groups that have any of these, with those of them in the groups' order; what is in none of them under "Other". */
export function grouped<T>(
  all: readonly T[],
  nameOf: (each: T) => string | undefined,
  groups: Groups,
): readonly (readonly [title: string, members: readonly T[]])[] {
  const known = new Set(groups.flatMap(([, names]) => names));
  const inGroups = groups.map(([title, names]) => {
    const members = names.flatMap((name) => all.filter((each) => nameOf(each) === name));
    return [title, members] as const;
  });
  const others = all.filter((each) => !known.has(nameOf(each) ?? ''));
  return [...inGroups, [LEFT_OVER, others] as const].filter(([, members]) => members.length > 0);
}
