/** Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone on its line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The same for a text that stands behind `indent` characters; its further lines begin with `indent`. */
export function wrapHanging(text: string, width: number, indent: string): string {
  return wrap(text, Math.max(width - indent.length, 20)).join(`\n${indent}`);
}
