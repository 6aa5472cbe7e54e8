import { parseQuantity, type Quantity } from '../pod/index.ts';
import type { Fields } from './fields.ts';

/** A quantity, in quotes or bare. Undefined where the field is absent or empty, and where it holds none, which is reported. */
export function readQuantity(fields: Fields, name: string): Quantity | undefined {
  const text = fields.scalar(name);
  if (text === undefined || text === '') return undefined;
  const quantity = parseQuantity(text);
  if (quantity === undefined) {
    fields.reportInvalid(name, text, [
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ]);
  }
  return quantity;
}
