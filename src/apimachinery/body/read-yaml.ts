import { isAlias, isMap, isScalar, isSeq, parseDocument, type Tags } from 'yaml';
import { type JsonValue, messageOf } from '../../base/index.ts';
import { ApiFailure } from '../failure.ts';
import { itemPath, memberPath } from '../field-path.ts';
import { duplicateField } from './json-duplicates.ts';

/** What a text says; what it says twice is looked for when it is asked for, in an object that is known not to be too deep. */
export interface ReadText {
  readonly value: JsonValue;
  readonly duplicates: () => readonly string[];
}

/** One YAML document as JSON, and what it says twice. Read as Kubernetes does: YAML 1.1 without dates and sexagesimal numbers. */
export function readYaml(text: string): ReadText {
  try {
    const document = parseDocument(text, {
      ...{ version: '1.1', merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error' },
      customTags: withoutDates,
    });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const duplicates = (): readonly string[] => [...new Set(duplicatesOf(document.contents, ''))];
    return { value: jsonOf(document.toJS()), duplicates };
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ApiFailure('BadRequest', `error converting YAML to JSON: yaml: ${messageOf(error)}`);
  }
}

function withoutDates(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (tag.format !== 'TIME' && !/:(?:timestamp|binary|set|omap|pairs)$/.test(tag.tag)),
  );
}

function* duplicatesOf(node: unknown, path: string): Generator<string> {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* duplicatesOf(item, itemPath(path, index));
  } else if (isMap(node)) {
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      const name = nameOf(key);
      const at = memberPath(path, name);
      if (names.has(name)) yield duplicateField(at);
      if (name !== '<<') names.add(name);
      yield* duplicatesOf(value, at);
    }
  }
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : isAlias(key) ? `*${key.source}` : '';
}

/** What YAML can say and JSON cannot is refused. */
function jsonOf(value: unknown): JsonValue {
  const text = JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'number' || Number.isFinite(member)) return member;
    throw new ApiFailure('BadRequest', `json: unsupported value: ${member}`);
  });
  return text === undefined ? null : JSON.parse(text);
}
