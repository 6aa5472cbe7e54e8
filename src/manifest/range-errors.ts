/** What is wrong with a number outside its range, in Kubernetes' words; empty means valid. */
export function rangeErrors(value: number, least: number, most: number): string[] {
  return value >= least && value <= most ? [] : [`must be between ${least} and ${most}, inclusive`];
}
