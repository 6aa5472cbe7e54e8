import { type ResourceList, unitsOf } from '../pod/index.ts';

const RESOURCE = 'hugepages-';
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** The huge pages of a list in bytes, by page size as the kernel names it: `hugepages-2Mi` is `2MB`. */
export function hugepageBytes(list: ResourceList): ReadonlyMap<string, bigint> {
  const pages = Object.entries(list).filter(([name]) => name.startsWith(RESOURCE));
  return new Map(pages.map(([name, amount]) => [kernelSize(name.slice(RESOURCE.length)), unitsOf(amount)]));
}

/** kubelet: HugePageUnitSizeFromByteSize. */
function kernelSize(quantity: string): string {
  let size = unitsOf(quantity);
  let unit = 0;
  while (size > 0n && size % 1024n === 0n && unit < UNITS.length - 1) {
    size /= 1024n;
    unit += 1;
  }
  return `${size}${UNITS[unit]}`;
}
