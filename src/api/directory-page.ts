/** What stands in a directory, as far as it is served. */
export interface ListedEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** A directory as Go's file server shows it, which is the kubelet's (net/http: dirList): programs read its links. */
export function directoryPage(entries: readonly ListedEntry[]): string {
  const lines = [...entries].sort(byName).map(({ name, isDirectory }) => {
    const end = isDirectory ? '/' : '';
    return `<a href="${linkTo(name)}${end}">${htmlText(name)}${end}</a>\n`;
  });
  return `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join('')}</pre>\n`;
}

/** The name as part of a path, and of an attribute in quotes. */
export function linkTo(name: string): string {
  return encodeURIComponent(name).replaceAll("'", '%27');
}

function htmlText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => HTML_ESCAPES[character] ?? character);
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** By bytes, as Go compares texts. */
function byName(a: ListedEntry, b: ListedEntry): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
