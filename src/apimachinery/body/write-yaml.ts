import { Document, Scalar, visit } from 'yaml';
import type { JsonValue } from '../../base/index.ts';

/** What the package takes for a text, and other readers may not: octal numbers of YAML 1.2, `<<` and `=`. */
const READ_DIFFERENTLY = /^(?:[-+]?0o[0-7]+|<<|=)$/;

/**
 * A value as YAML, as kubectl writes it: members by name, lists no deeper than the name above them, texts quoted that YAML would read
 * as something else. Texts of which `isUnsafe` holds are quoted, too, with their ends of lines and what JSON escapes as escapes.
 */
export function writeYaml(value: JsonValue, isUnsafe: (text: string) => boolean): string {
  const document = new Document(value, {
    version: '1.1',
    sortMapEntries: true,
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar(_, scalar) {
      const { value: text } = scalar;
      if (typeof text === 'string' && (READ_DIFFERENTLY.test(text) || isUnsafe(text)))
        scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0 });
}
