import type { Import, Refusal, Source } from './source.ts';

/** From the bottom to the top: a room may import what lies below it, never its neighbours and never upwards. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['pod'],
  ['cri', 'manifest', 'state', 'host', 'net', 'apimachinery'],
  ['metrics'],
  [
    ...['podspec', 'images', 'volumes', 'probes', 'lifecycle', 'logs', 'status', 'standalone'],
    ...['streaming', 'access', 'terminal'],
  ],
  ['targets', 'store'],
  ['plan'],
  ['reconcile'],
  ['api', 'client', 'services'],
  ['daemon'],
  ['cli'],
  ['main'],
];

/** Lies below and is not for it all the same: what api/ needs it asks for through its own ports. */
const NOT_FOR: Readonly<Record<string, readonly string[]>> = {
  api: ['reconcile', 'plan', 'targets'],
};

/** The rooms each package may be used in. A new package needs a reason in ARCHITECTURE.md, then a line here. */
const PACKAGE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  '@grpc/grpc-js': ['cri', 'probes'],
  '@grpc/proto-loader': ['cri', 'probes'],
  '@peculiar/x509': ['access'],
  chokidar: ['manifest'],
  'find-my-way': ['api'],
  pino: ['daemon', 'main'],
  'pino-pretty': ['daemon', 'main'],
  protobufjs: ['apimachinery'],
  'reflect-metadata': ['access'],
  'prom-client': ['metrics'],
  ws: ['client', 'streaming'],
  yaml: ['manifest', 'apimachinery'],
  yargs: ['cli'],
};

export function refuseImports(sources: readonly Source[]): readonly Refusal[] {
  return sources.flatMap((source) => source.imports.flatMap((imported) => refuseImport(source, imported)));
}

function refuseImport(source: Source, { specifier, target, line }: Import): readonly Refusal[] {
  const refuse = (what: string, instead: string): readonly Refusal[] => [
    { file: source.path, line, what, instead },
  ];
  if (target === undefined) return refusePackage(source, specifier, refuse);
  const [top, room = '', ...rest] = target.split('/');
  const targetRoom = rest.length === 0 ? 'main' : room;
  if (top !== 'src')
    return target === 'package.json'
      ? []
      : refuse(`imports ${target}`, 'src/ imports src/ and packages only');
  if (targetRoom === source.room) {
    const ownDoor = target === `src/${room}/index.ts`;
    return ownDoor ? refuse("imports its own room's index.ts", 'import the sibling file itself') : [];
  }
  if (layerOf(targetRoom) >= layerOf(source.room)) {
    return refuse(
      `${source.room} imports ${targetRoom}, which is not below it`,
      `declare the port you need in ${source.room}/ and let main.ts pass ${targetRoom} in, or move what both need down`,
    );
  }
  if (NOT_FOR[source.room]?.includes(targetRoom))
    return refuse(
      `${source.room} imports ${targetRoom}`,
      `declare the port you need in ${source.room}/ports.ts and let daemon/ hand it in`,
    );
  if (target === `src/${targetRoom}/index.ts`) return [];
  return refuse(
    `reaches into ${targetRoom} (${target})`,
    `import src/${targetRoom}/index.ts, and let it export the name`,
  );
}

function refusePackage(
  source: Source,
  specifier: string,
  refuse: (what: string, instead: string) => readonly Refusal[],
): readonly Refusal[] {
  if (specifier.startsWith('node:')) return [];
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const rooms = PACKAGE_ROOMS[name];
  if (rooms === undefined)
    return refuse(
      `imports the package ${name}`,
      'use node: or what is here; a new package needs a written reason and a line in test/tidy/layers.ts',
    );
  return rooms.includes(source.room)
    ? []
    : refuse(`imports ${name} outside ${rooms.join(', ')}`, `ask ${rooms[0]} for it through a port`);
}

function layerOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room));
}

/** Rooms that nobody has given a layer. */
export function refuseUnknownRooms(sources: readonly Source[]): readonly Refusal[] {
  return [...new Set(sources.map(({ room }) => room))]
    .filter((room) => layerOf(room) === -1)
    .map((room) => ({
      file: `src/${room}`,
      what: 'has no layer',
      instead: 'give it a place in LAYERS of test/tidy/layers.ts and in ARCHITECTURE.md',
    }));
}

/** Cycles among files, type-only imports included: a type that two files pass in a circle belongs into a third. */
export function refuseCycles(sources: readonly Source[]): readonly Refusal[] {
  const graph = new Map(
    sources.map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]),
  );
  const finished = new Set<string>();
  const refusals: Refusal[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) {
      const cycle = [...trail.slice(seenAt), path].join(' → ');
      refusals.push({
        file: path,
        what: `import cycle ${cycle}`,
        instead: 'move what both sides need into a file of its own',
      });
      return;
    }
    if (finished.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return refusals;
}
