import { isUtf8 } from 'node:buffer';

/** The text of a Secret's value; undefined where it is none, which the wire cannot carry. */
export function secretText(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** Why a text cannot be a variable. Runtimes would refuse it with a message that shows the value. */
export function textProblem(text: string): string | undefined {
  return text.includes('\0') ? 'its value contains a NUL byte' : undefined;
}
