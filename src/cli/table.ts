/** Rows as kubectl prints them: columns as wide as their widest cell and three spaces, none narrower than six, nothing after the last. */
export function renderTable(rows: readonly (readonly string[])[]): readonly string[] {
  return new AlignedRows().lines(rows);
}

/** A table that grows: rows that come later stand below those that came before, as long as they are no wider. */
export class AlignedRows {
  #widths: readonly number[] = [];

  /** `paint` colours a cell, which takes no room. */
  lines(rows: readonly (readonly string[])[], paint: Paint = (cell) => cell): readonly string[] {
    const columns = Math.max(this.#widths.length, ...rows.map((row) => row.length));
    this.#widths = Array.from({ length: columns }, (_, index) =>
      Math.max(this.#widths[index] ?? 0, ...rows.map((row) => lengthOf(row[index] ?? ''))),
    );
    return rows.map((row) =>
      row
        .map((cell, index) => {
          const gap =
            index === row.length - 1
              ? ''
              : pad(cell, Math.max((this.#widths[index] ?? 0) + 3, 6)).slice(cell.length);
          return `${paint(cell, index)}${gap}`;
        })
        .join(''),
    );
  }
}

type Paint = (cell: string, column: number) => string;

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(width - lengthOf(cell), 0));
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}
