import {
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listAt,
  objectAt,
  textAt,
} from '../base/index.ts';
import { escapeControl } from './escape-control.ts';
import { paintStatus } from './status-color.ts';
import { AlignedRows } from './table.ts';

export interface ApiTableOptions {
  /** Columns of every priority. */
  readonly wide: boolean;
  readonly withNamespace: boolean;
  readonly withLabels: boolean;
  readonly withHeader: boolean;
  /** Before each name: `pod/`. */
  readonly prefix: string;
  readonly color: boolean;
}

interface ShownColumn {
  readonly title: string;
  cellOf(row: JsonValue): string;
}

/** A table of the API as kubectl prints it; rows of a watch follow those that are printed already. */
export class ApiTable {
  readonly #options: ApiTableOptions;
  readonly #aligned = new AlignedRows();
  #columns: readonly ShownColumn[] | undefined;

  constructor(options: ApiTableOptions) {
    this.#options = options;
  }

  /** Lines for the rows of a meta/v1 Table; the first of all has its titles before it, also where it has no rows. */
  lines(table: JsonObject): readonly string[] {
    const isFirst = this.#columns === undefined;
    this.#columns ??= columnsOf(table, this.#options);
    const columns = this.#columns;
    const rows = listAt(table, 'rows').map((row) => columns.map(({ cellOf }) => escapeControl(cellOf(row))));
    const titles =
      isFirst && this.#options.withHeader ? [columns.map(({ title }) => escapeControl(title))] : [];
    const isStatus = (index: number): boolean => columns[index]?.title === 'STATUS';
    return this.#aligned.lines([...titles, ...rows], (cell, index) =>
      this.#options.color && isStatus(index) && cell !== 'STATUS' ? paintStatus(cell) : cell,
    );
  }
}

function columnsOf(table: JsonObject, options: ApiTableOptions): readonly ShownColumn[] {
  const { wide, withNamespace, withLabels, prefix } = options;
  const own = listAt(table, 'columnDefinitions').flatMap((column, index): readonly ShownColumn[] => {
    if (!wide && isJsonObject(column) && column.priority !== 0) return [];
    const before = index === 0 ? prefix : '';
    const cellOf = (row: JsonValue): string => before + cellText(listAt(row, 'cells')[index]);
    return [{ title: textAt(column, 'name').toUpperCase(), cellOf }];
  });
  const namespace = { title: 'NAMESPACE', cellOf: (row: JsonValue) => textAt(metadataOf(row), 'namespace') };
  const labels = {
    title: 'LABELS',
    cellOf: (row: JsonValue) => labelsText(objectAt(metadataOf(row), 'labels')),
  };
  return [...(withNamespace ? [namespace] : []), ...own, ...(withLabels ? [labels] : [])];
}

function metadataOf(row: JsonValue): JsonObject {
  return objectAt(objectAt(row, 'object'), 'metadata');
}

function cellText(cell: JsonValue | undefined): string {
  if (cell === undefined || cell === null) return '';
  return isJsonObject(cell) || isJsonList(cell) ? JSON.stringify(cell) : String(cell);
}

function labelsText(labels: JsonObject): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${textAt(labels, name)}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}
