/** Without vowels and what is easily mistaken, so that no words come about (apimachinery: pkg/util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
/** So that the suffix always fits (apiserver: pkg/storage/names). */
const MAX_BASE_LENGTH = 63 - SUFFIX_LENGTH;
/** As often as the API server tries (apiserver: RetryGenerateName). */
const TRIES = 8;

/** A name that nobody has yet; the last try where all were taken. Chance comes from UIDs. */
export function generateName(base: string, newUid: () => string, isTaken: (name: string) => boolean): string {
  const candidate = (): string => base.slice(0, MAX_BASE_LENGTH) + suffixOf(newUid());
  let name = candidate();
  for (let tried = 1; tried < TRIES && isTaken(name); tried += 1) name = candidate();
  return name;
}

/** The last twelve digits of a UID are all random: five bytes of them, a letter each. */
function suffixOf(uid: string): string {
  const digits = uid.replaceAll('-', '').slice(-2 * SUFFIX_LENGTH);
  const bytes = Array.from({ length: SUFFIX_LENGTH }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
  return bytes.map((byte) => ALPHABET[byte % ALPHABET.length] ?? '').join('');
}
