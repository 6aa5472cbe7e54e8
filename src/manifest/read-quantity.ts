import { formatQuantity, parseQuantity, type Quantity } from '../pod/index.ts';
import type { Fields } from './fields.ts';

/**
 * A quantity, in quotes or bare; blanks around it do not matter. Undefined where the field is absent, and where it holds none, which
 * is reported: an empty string is none.
 */
export function readQuantity(fields: Fields, name: string): Quantity | undefined {
  const text = fields.scalar(name)?.trim();
  if (text === undefined) return undefined;
  const quantity = parseQuantity(text);
  if (quantity === undefined) fields.reportInvalid(name, text, [whyNone(text)]);
  return quantity;
}

/** Reports why a quantity is invalid, which is shown in canonical form; nothing where there is no map it could stand in. */
export function reportQuantity(
  fields: Fields | undefined,
  name: string,
  quantity: Quantity,
  reason: string,
): void {
  fields?.reportInvalid(name, formatQuantity(quantity), [reason]);
}

/** apimachinery: ErrSuffix and ErrFormatWrong. */
function whyNone(text: string): string {
  return /^[+-]?[0-9.]+[eEinumkKMGTP]+[-+]?[0-9]*$/.test(text)
    ? "unable to parse quantity's suffix"
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}
