/** One mount, as far as this room needs it. */
export interface MountEntry {
  /** Where it is mounted, canonical. */
  readonly point: string;
  /** `tmpfs`, `hugetlbfs`, `ext4` … */
  readonly type: string;
}

/** The kernel's list of mounts, in its order: of several at one point the last is the one that is seen. */
export type MountTable = readonly MountEntry[];

/** Reads /proc/<pid>/mountinfo (proc(5)). */
export function parseMountInfo(text: string): MountTable {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    const [type = ''] = after.split(' ');
    return point === undefined ? [] : [{ point: unescapeOctal(point), type }];
  });
}

/** What is seen at that point; undefined where nothing is mounted. */
export function mountAt(table: MountTable, point: string): MountEntry | undefined {
  return table.findLast((entry) => entry.point === point);
}

/** The points at and below a directory in the order they can be unmounted in: deepest first, a point once for each of its mounts. */
export function pointsWithin(table: MountTable, directory: string): readonly string[] {
  const points = table.map(({ point }) => point);
  return points
    .filter((point) => point === directory || point.startsWith(`${directory}/`))
    .sort((a, b) => b.split('/').length - a.split('/').length);
}

/** Blanks, tabs, line ends and backslashes are written as `\040` and so on. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
