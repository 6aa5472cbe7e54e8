/** No header is longer: a time, a stream and tags. */
const MAX_HEADER_BYTES = 256;
/** `2006-01-02T15:04:05Z` */
const SHORTEST_TIME_BYTES = 20;
/** From the space before `stdout` or `stderr` to the flag. */
const STREAM_BYTES = 8;
const [SPACE, NEWLINE, COLON] = [0x20, 0x0a, 0x3a];
const [FULL, PARTIAL] = [0x46, 0x50];

/**
 * What stands before the text of an entry of a log: `<RFC 3339 time> stdout|stderr F|P[:tag…] ` (CRI log format; `P` marks a part of a
 * line that goes on in the next entry). One object is read into again and again, since a log has millions of entries.
 */
export class EntryHeader {
  /** Where the time ends, at a space. */
  timeEnd = 0;
  /** Where the text begins. */
  text = 0;
  isStderr = false;
  /** The line ends with this entry. */
  isFull = false;

  /** Reads the header that begins at `at`; `cut` where the data ends within it. The fields mean something after `entry` only. */
  read(data: Buffer, at: number): 'entry' | 'cut' | 'none' {
    const timeEnd = endOfWord(data, at, at + MAX_HEADER_BYTES);
    const flag = timeEnd + STREAM_BYTES;
    const tagEnd = data[flag + 1] === SPACE ? flag + 1 : endOfTags(data, flag, at + MAX_HEADER_BYTES);
    if (tagEnd >= data.length) return isCut(data, at) ? 'cut' : 'none';
    const stream = streamAt(data, timeEnd);
    const isFull = data[flag] === FULL;
    if (timeEnd - at < SHORTEST_TIME_BYTES) return 'none';
    if (stream === undefined || data[tagEnd] !== SPACE || !(isFull || data[flag] === PARTIAL)) return 'none';
    this.timeEnd = timeEnd;
    this.text = tagEnd + 1;
    this.isStderr = stream === 'stderr';
    this.isFull = isFull;
    return 'entry';
  }
}

/** The next space or line break; the end of the data, or `limit`, where there is none. */
function endOfWord(data: Buffer, from: number, limit: number): number {
  const end = Math.min(data.length, limit);
  let at = Math.min(from, end);
  while (at < end && data[at] !== SPACE && data[at] !== NEWLINE) at += 1;
  return at;
}

/** Tags follow the flag after colons; the first of them is the flag. */
function endOfTags(data: Buffer, flag: number, limit: number): number {
  return data[flag + 1] === COLON ? endOfWord(data, flag + 1, limit) : flag + 1;
}

function isCut(data: Buffer, at: number): boolean {
  return data.length - at < MAX_HEADER_BYTES && data.indexOf(NEWLINE, at) === -1;
}

function streamAt(data: Buffer, timeEnd: number): 'stdout' | 'stderr' | undefined {
  const isFramed = data[timeEnd] === SPACE && data[timeEnd + 7] === SPACE;
  const isStandard = data[timeEnd + 1] === 0x73 && data[timeEnd + 2] === 0x74 && data[timeEnd + 3] === 0x64;
  if (!isFramed || !isStandard) return undefined;
  if (data[timeEnd + 4] === 0x6f && data[timeEnd + 5] === 0x75 && data[timeEnd + 6] === 0x74) return 'stdout';
  if (data[timeEnd + 4] === 0x65 && data[timeEnd + 5] === 0x72 && data[timeEnd + 6] === 0x72) return 'stderr';
  return undefined;
}
