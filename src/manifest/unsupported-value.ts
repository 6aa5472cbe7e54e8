import { quote } from './problems.ts';

/** Kubernetes' words for a value that is none of a fixed set. */
export function unsupportedValue(value: string, supported: readonly string[]): string {
  return `Unsupported value: ${quote(value)}: supported values: ${supported.map(quote).join(', ')}`;
}
