import { allContainers, type Pod, unitsOf } from '../pod/index.ts';

const MEDIUM = 'HugePages-';
const RESOURCE = 'hugepages-';

/**
 * The page size of a hugepages medium as mount(8) takes it (`2M`), or why there is none: the pod must ask for pages of that size
 * (kubelet: getPageSizeMountOption). A bare `HugePages` takes the one size the pod asks for.
 */
export function hugePageSize(
  pod: Pod,
  medium: string,
): { readonly pageSize: string } | { readonly problem: string } {
  const asked = askedSizes(pod);
  const wanted = medium.startsWith(MEDIUM) ? medium.slice(MEDIUM.length) : undefined;
  const found = wanted === undefined ? asked : asked.filter((size) => unitsOf(size) === unitsOf(wanted));
  const [size, second] = found;
  if (second !== undefined) {
    return { problem: `medium: ${medium} can't be used if container requests multiple huge page sizes` };
  }
  if (size === undefined) {
    return {
      problem: `medium ${medium}: hugePages storage requested, but there is no resource request for huge pages`,
    };
  }
  // The kernel knows only binary units and writes them without the i.
  return { pageSize: size.replace(/i$/, '') };
}

function askedSizes(pod: Pod): readonly string[] {
  const requests = [pod.spec, ...allContainers(pod)].map(({ resources }) => resources?.requests ?? {});
  const names = requests.flatMap((request) => Object.keys(request));
  const sizes = names.filter((name) => name.startsWith(RESOURCE)).map((name) => name.slice(RESOURCE.length));
  return [...new Set(sizes)];
}
