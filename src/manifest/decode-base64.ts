/**
 * Decodes base64 as strictly as Go's encoding/json does: the standard alphabet, padded; only line breaks may stand between. Where it
 * is broken, the byte of the text that Go names.
 */
export function decodeBase64(text: string): Buffer | { readonly illegalByte: number } {
  const illegal = firstIllegal(text);
  if (illegal === undefined) return Buffer.from(text, 'base64');
  return { illegalByte: Buffer.byteLength(text.slice(0, illegal)) };
}

/** The index of what cannot be where it is; undefined where there is nothing of the kind. */
function firstIllegal(text: string): number | undefined {
  // How many of a group of four characters are there.
  let filled = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isLineBreak(character)) continue;
    if (character === '=') return filled < 2 ? at : illegalPadding(text, at, filled);
    if (!/[A-Za-z0-9+/]/.test(character)) return at;
    filled = (filled + 1) % 4;
  }
  return filled === 0 ? undefined : text.length - filled;
}

/** After the first `=` at `at`: one more where two characters came before, and then nothing. */
function illegalPadding(text: string, at: number, filled: number): number | undefined {
  let end = skipLineBreaks(text, at + 1);
  if (filled === 2) {
    if (end === text.length) return end;
    if (text.charAt(end) !== '=') return end - 1;
    end = skipLineBreaks(text, end + 1);
  }
  return end < text.length ? end : undefined;
}

function skipLineBreaks(text: string, from: number): number {
  let at = from;
  while (isLineBreak(text.charAt(at))) at += 1;
  return at;
}

function isLineBreak(character: string): boolean {
  return character === '\n' || character === '\r';
}
