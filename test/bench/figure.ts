/** What a number is measured in; the table prints it beside the number. */
export type Unit = 'ms' | 'MB' | 'MB/s';

/** One row of the table. */
export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** What was measured of tinylet. */
  readonly samples: readonly number[];
  /** The same thing without tinylet, measured in the same run. */
  readonly raw?: readonly number[];
  readonly goal?: Goal;
}

/** What the median has to keep: by itself, or in what it has on top of the raw figure's median. */
export type Goal = ({ readonly atMost: number } | { readonly atLeast: number }) & {
  readonly of: 'median' | 'excess';
};

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How far the median lies above the raw one; undefined without a raw figure. */
export function excess({ samples, raw }: Figure): number | undefined {
  return raw === undefined ? undefined : median(samples) - median(raw);
}

/** Whether the goal is kept; undefined without one. */
export function isMet(figure: Figure): boolean | undefined {
  const { goal, samples } = figure;
  if (goal === undefined) return undefined;
  const value = goal.of === 'median' ? median(samples) : (excess(figure) ?? Number.NaN);
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}
