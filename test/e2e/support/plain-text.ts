/** A name may occur in one. */
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What differs from run to run, by what it is. The longer patterns come first. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A machine may have one address or several.
  [/^( *)(host|pod)IPs:\n(\1- ip: .*\n)+/gm, '$1$2IPs: IPS\n'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/sha256:[0-9a-f]{64}/g, 'DIGEST'],
  [/containerd:\/\/[0-9a-f]{64}/g, 'containerd://ID'],
  [/\b[0-9a-f]{64}\b/g, 'ID'],
  [/\b(\d{1,3}\.){3}\d{1,3}\b(?!\/)/g, 'IP'],
  [/(resourceVersion: ")\d+"/g, '$1VERSION"'],
  [/\b(\d+d)?(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b/g, 'AGE'],
  [/\b\d+[mhd]\d*[smh]?\b(?= |$)/gm, 'AGE'],
  // Columns are as wide as their longest cell.
  [/(?<=\S) {2,}/g, '  '],
  [/[ \t]+$/gm, ''],
];

/** A text of which two runs give the same. `names` are replaced by what they are given. */
export function plainText(text: string, names: Readonly<Record<string, string>>): string {
  const named = Object.entries(names).reduce(
    (so, [name, word]) => so.replaceAll(name, word),
    text.replace(UID, 'UID'),
  );
  return PATTERNS.reduce((so, [pattern, word]) => so.replace(pattern, word), named);
}
