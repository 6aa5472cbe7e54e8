import { ApiFailure } from '../failure.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * What a field selector asks for; all of it has to hold. `\`, `,` and `=` in values are escaped by `\` (apimachinery: pkg/fields/selector.go).
 * Throws ApiFailure BadRequest.
 */
export function fieldSelector(text: string): readonly FieldRequirement[] {
  return termsOf(text).map((term) => {
    const parts = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (parts === null)
      throw new ApiFailure('BadRequest', `invalid selector: '${text}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = parts;
    return { field, operator: operator === '!=' ? '!=' : '=', value: unescaped(value) };
  });
}

/** Between commas that are not escaped; empty ones say nothing. */
function termsOf(text: string): readonly string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? [];
}

function unescaped(value: string): string {
  return value.replace(/\\(.?)|[,=]/gsu, (found, character: string | undefined) => {
    if (character === undefined) throw refuse(`unescaped character in value: ${found.codePointAt(0)}`);
    if (!/^[\\,=]$/.test(character)) throw refuse(`invalid escape sequence: ${found}`);
    return character;
  });
}

function refuse(why: string): ApiFailure {
  return new ApiFailure('BadRequest', `invalid field selector: ${why}`);
}
