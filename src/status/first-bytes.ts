/** The beginning of a text, cut so that no character is torn. */
export function firstBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const encoded = Buffer.from(text);
  if (encoded.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.subarray(0, end).toString();
}
