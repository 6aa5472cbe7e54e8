import { excess, type Figure, isMet, median } from './figure.ts';

const HEAD = ['figure', 'median (min…max, n)', 'raw, same run', 'above raw', 'goal'];

/** The figures as aligned text; goals say whether this run kept them. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, '-'.repeat(Math.max(...lines.map((line) => line.length))));
  return `${lines.join('\n')}\n`;
}

function cells(figure: Figure): string[] {
  const { name, unit, samples, raw, goal } = figure;
  const above = excess(figure);
  return [
    name,
    `${describe(samples)} ${unit}`,
    raw === undefined ? '' : `${describe(raw)} ${unit}`,
    above === undefined ? '' : `${above < 0 ? '' : '+'}${short(above)} ${unit}`,
    goal === undefined ? '' : `${goalText(figure, goal)}`,
  ];
}

function goalText(figure: Figure, goal: NonNullable<Figure['goal']>): string {
  const bound = 'atMost' in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
  const above = goal.of === 'excess' ? ' above raw' : '';
  return `${bound} ${figure.unit}${above}: ${isMet(figure) ? 'met' : 'MISSED'}`;
}

function describe(samples: readonly number[]): string {
  const [least, most] = [Math.min(...samples), Math.max(...samples)];
  return `${short(median(samples))} (${short(least)}…${short(most)}, ${samples.length})`;
}

/** Three digits say enough. */
function short(value: number): string {
  return Math.abs(value) >= 99.95 ? value.toFixed(0) : value.toFixed(1);
}
