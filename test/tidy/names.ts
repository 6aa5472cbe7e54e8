import { basename } from 'node:path';
import type { Refusal, Source } from './source.ts';

const VAGUE = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc']);

/** Every room has a door, and the door says what is behind it. */
export function refuseRoomsWithoutHeader(sources: readonly Source[]): readonly Refusal[] {
  const rooms = new Set(sources.map(({ room }) => room).filter((room) => room !== 'main'));
  return [...rooms].flatMap((room) => {
    const file = `src/${room}/index.ts`;
    const door = sources.find(({ path }) => path === file);
    if (door?.text.startsWith(`/**\n * ${room}: `) === true) return [];
    const what = door === undefined ? 'is missing' : 'does not begin with its header';
    return [
      { file, what, instead: `begin it with "/**\\n * ${room}: what it is, inputs, outputs, invariants"` },
    ];
  });
}

/** Only main.ts stands at the top: it is the one place that knows all rooms. */
export function refuseStrayFiles(sources: readonly Source[]): readonly Refusal[] {
  return sources
    .filter(({ path }) => path.split('/').length === 2 && path !== 'src/main.ts')
    .map(({ path }) => ({
      file: path,
      what: 'lies outside every room',
      instead: 'put it into the room whose word it speaks',
    }));
}

export function refuseFileNames(sources: readonly Source[]): readonly Refusal[] {
  return sources.flatMap(({ path }) => {
    const name = basename(path).replace(/(\.generated|\.test|\.bench|\.case)?\.ts$/, '');
    const vague = name.split('-').find((word) => VAGUE.has(word));
    if (vague !== undefined)
      return [{ file: path, what: `"${vague}" says nothing`, instead: 'name it after what it exports' }];
    if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [];
    return [{ file: path, what: 'is not kebab-case', instead: 'write it like pod-worker.ts' }];
  });
}
