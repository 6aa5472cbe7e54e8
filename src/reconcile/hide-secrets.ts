import type { UsedObjects } from '../pod/index.ts';
import type { RunTarget } from '../targets/index.ts';

const MASK = '[redacted]';
/** Shorter ones would be told by the places where they are missing, and stand in any text by chance. */
const SHORTEST = 4;

/** Without what any version of the pod has from Secrets that may run, or have run a moment ago. */
export function hideSecretsOf(text: string, { uses, standing, previousUses }: RunTarget): string {
  return [uses, standing?.uses, previousUses].reduce(
    (shown, each) => (each === undefined ? shown : hideSecrets(shown, each)),
    text,
  );
}

/**
 * What the runtime says of a failure, without what the pod has from Secrets: it quotes a command that cannot be run, and variables may
 * stand in that. As it is, or as it stands in quotes.
 */
export function hideSecrets(text: string, { secrets }: Pick<UsedObjects, 'secrets'>): string {
  const values = [...secrets.values()].flatMap(({ data }) => [...data.values()]);
  const forms = values
    .map((base64) => Buffer.from(base64, 'base64').toString())
    .flatMap((value) => [value, value.trim(), JSON.stringify(value).slice(1, -1)])
    .filter((form) => form.length >= SHORTEST && form.length <= text.length);
  return [...new Set(forms)]
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, MASK), text);
}
