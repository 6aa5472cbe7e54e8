import { Lexer } from 'yaml';

/**
 * A lexer of the yaml package that takes what Kubernetes' reader takes. The package follows YAML 1.2 by the letter: text in
 * quotes and between brackets must be indented more than its parent. go-yaml, a port of libyaml, looks at no indentation
 * there, and published manifests rely on it.
 *
 * The lexer has no setting for that and hides its state, but what it asks of the next lines stands in one field. The field
 * says nothing while the lexer is in such a text, which leaves finding the end, and all positions, to the package. A version
 * of the package that names these otherwise reads as strictly as it is written, and the tests of these texts fail.
 */
export function createLexer(): Lexer {
  const lexer = new Lexer();
  let aside: unknown;
  // With no indentation asked for, a line that begins with `---` or `...` still ends the text, as it does in go-yaml.
  const putAside = (): void => {
    aside ??= Reflect.get(lexer, 'indentNext');
    Reflect.set(lexer, 'indentNext', 0);
  };
  before(lexer, 'parseNext', (state) => {
    if (state === 'flow') putAside();
    else if (aside !== undefined) {
      Reflect.set(lexer, 'indentNext', aside);
      aside = undefined;
    }
  });
  before(lexer, 'parseQuotedScalar', putAside);
  // The lexer drops blank lines at the end by the indentation of the first line, which `|2` says is text; the composer knows.
  before(lexer, 'parseBlockScalar', () => Reflect.set(lexer, 'blockScalarKeep', true));
  return lexer;
}

/** Lets something be done whenever one of the lexer's methods is called. */
function before(lexer: Lexer, method: string, act: (argument: unknown) => void): void {
  const parse: unknown = Reflect.get(lexer, method);
  if (typeof parse !== 'function') return;
  Reflect.set(lexer, method, (argument: unknown): unknown => {
    act(argument);
    return Reflect.apply(parse, lexer, [argument]);
  });
}

/** The lexer puts this mark before the text of a scalar without quotes, which may begin with anything. */
export const SCALAR_MARK = '\u001f';

/**
 * Between brackets go-yaml reads a dash before a comma or bracket as text: `[-, cat, -]`. The lexer takes it for a list item,
 * of an empty text where a comma follows. To be called when the last of `lexemes` is new.
 */
export function mendDash(lexemes: string[]): void {
  const last = lexemes.at(-1);
  if (last === '' && lexemes.at(-3) === '-') lexemes.splice(-3, 3, SCALAR_MARK, '-');
  if ((last === ']' || last === '}') && lexemes.at(-2) === '-') lexemes.splice(-2, 0, SCALAR_MARK);
}

/** What the text in quotes ends with if its last quote is the closing one, and no part of the text. */
const CLOSING = new Map([
  ['"', /(?<!\\)(?:\\\\)*"$/],
  ["'", /(?<!')'(?:'')*$/],
]);

export const isQuoted = (lexeme: string): boolean => lexeme.startsWith('"') || lexeme.startsWith("'");

/**
 * A quoted lexeme in words that the composer reads as go-yaml reads the text, which may be more or fewer. In double quotes
 * `\'` is a quote, and blank lines after an escaped end of line are ends of lines.
 */
export function rewriteQuoted(lexeme: string): string {
  const text = lexeme.slice(1);
  // The composer takes any quote at the end for the closing one. What is not closed it must tell where the text begins, and
  // not where the file ends.
  if (CLOSING.get(lexeme.charAt(0))?.test(text) !== true) return lexeme.charAt(0);
  if (lexeme.startsWith("'") || !lexeme.includes('\\')) return lexeme;
  return lexeme.replace(/\\(?:\r?\n[ \t\r\n]*|[^\n])/g, (written) => {
    if (written === "\\'") return "'";
    const lines = written.split('\n').length - 1;
    return lines > 1 ? '\\n'.repeat(lines - 1) : written;
  });
}
