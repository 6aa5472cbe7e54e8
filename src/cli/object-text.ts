import { writeYaml } from '../apimachinery/index.ts';
import { isJsonObject, type JsonObject, listAt, objectAt } from '../base/index.ts';
import { escapeControl } from './escape-control.ts';
import { jsonText } from './json-text.ts';

/** An object as text, without what servers note down of who set which field. Nothing in it can move a cursor. */
export function objectText(object: JsonObject, format: 'json' | 'yaml'): string {
  const shown = withoutManagers(object);
  if (format === 'json') return jsonText(shown);
  // What is escaped stands in quotes, where an escape means what it stands for.
  return writeYaml(shown, isUnsafe).split('\n').map(escapeControl).join('\n');
}

function isUnsafe(text: string): boolean {
  return text.split('\n').some((line) => escapeControl(line) !== line);
}

/** As kubectl has it: `managedFields` are for machines. */
function withoutManagers(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata');
  const items = listAt(object, 'items').map((item) => (isJsonObject(item) ? withoutManagers(item) : item));
  return {
    ...object,
    ...(object.metadata !== undefined && { metadata }),
    ...(object.kind === 'List' && { items }),
  };
}
