/** Rows as kubectl prints them: columns as wide as their widest cell, three spaces between, nothing after the last. */
export function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(...rows.map((row) => lengthOf(row[index] ?? ''))),
  );
  return rows.map((row) =>
    row.map((cell, index) => pad(cell, index === row.length - 1 ? 0 : (widths[index] ?? 0) + 3)).join(''),
  );
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(width - lengthOf(cell), 0));
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}
