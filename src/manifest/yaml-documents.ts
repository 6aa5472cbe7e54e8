import {
  Composer,
  type CST,
  type Document,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLParseError,
} from 'yaml';
import { Problems } from './problems.ts';
import { createLexer, isQuoted, mendDash, rewriteQuoted, SCALAR_MARK } from './yaml-lexer.ts';

/**
 * The yaml package spends about a microsecond on each token; half a megabyte of single brackets would hold the loop for
 * seconds. A megabyte of the densest real manifests has some 500 000 tokens.
 */
const MAX_TOKENS = 700_000;

/** What no manifest needs by the thousand and a hostile one may repeat: each costs far more than a plain token. */
const RARE_TOKENS = [
  { start: '*', name: 'aliases', most: 10_000 },
  { start: '&', name: 'anchors', most: 10_000 },
  { start: '!', name: 'tags', most: 10_000 },
  { start: '%', name: 'directives', most: 100 },
  { start: '---', name: 'documents', most: 10_000 },
] as const;

/** What the lexer gives where a document ends within brackets. */
const FLOW_END = '\u0018';

/** After so many stray tokens the rest of a file tells nothing new, and each costs the parser an error object. */
const MAX_STRAY_TOKENS = 20;

/** The documents of one file as the YAML parser gives them, and where everything stands. */
export interface YamlDocuments {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly problems: Problems;
}

/**
 * Parses the text of one file. Only syntax is settled here: scalars are left as they are written and duplicate keys are
 * let through (the package's own check is quadratic). Never throws for the text.
 */
export function parseYamlDocuments(file: string, text: string, maxDepth: number): YamlDocuments {
  // To go-yaml a carriage return alone ends a line, too. Places are told by line feeds, as editors count.
  const source = text.replace(/\r(?!\n)/g, '\n');
  const lines = lineCounterOf(text);
  const problems = new Problems(file, (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  });
  const tokens = forbiddenCharacter(source, problems) ? undefined : parseTokens(source, problems, maxDepth);
  if (tokens === undefined) return { documents: [], problems };
  return { documents: compose(tokens, source, problems), problems };
}

function lineCounterOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return lines;
}

/** go-yaml takes no control character but tab and the ends of lines. */
function forbiddenCharacter(text: string, problems: Problems): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the search for them
  const index = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/);
  if (index < 0) return false;
  const code = text.charCodeAt(index);
  const name =
    code === 0 ? 'a NUL character' : `the control character U+${code.toString(16).padStart(4, '0')}`;
  problems.error(index, '', `${name} is not allowed in a manifest`);
  return true;
}

/** Drives lexer and parser by hand, so that a hostile text is given up before it costs time. */
function parseTokens(text: string, problems: Problems, maxDepth: number): CST.Token[] | undefined {
  const lexemes = lex(text, problems);
  if (lexemes === undefined) return undefined;
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let strayTokens = 0;
  let previous = '';
  for (const lexeme of lexemes) {
    const isText = previous === SCALAR_MARK;
    if (lexeme === FLOW_END) reportOpenBracket(parser, problems);
    const rewritten = !isText && isQuoted(lexeme) ? rewriteQuoted(lexeme) : lexeme;
    const end = parser.offset + lexeme.length;
    for (const token of parser.next(rewritten)) {
      tokens.push(token);
      if (token.type === 'error' && ++strayTokens > MAX_STRAY_TOKENS) return tokens;
    }
    if (rewritten !== lexeme) parser.offset = end;
    previous = lexeme;
    // The parser's stack holds the document and each open collection; composing would recurse once for each.
    if (parser.stack.length > maxDepth + 3) {
      problems.error(parser.offset, '', tooDeep(maxDepth));
      return undefined;
    }
  }
  reportOpenBracket(parser, problems);
  tokens.push(...parser.end());
  return tokens;
}

/** Everything to the end of the document may stand in a bracket that is not closed; the package tells only that end. */
function reportOpenBracket(parser: Parser, problems: Problems): void {
  const open = parser.stack.find((token) => token.type === 'flow-collection' && token.end.length === 0);
  if (open !== undefined) problems.error(open.offset, '', 'not valid YAML: this bracket is never closed');
}

function lex(text: string, problems: Problems): string[] | undefined {
  const lexemes: string[] = [];
  const seen = new Map<string, number>();
  let previous = '';
  for (const lexeme of createLexer().lex(text)) {
    const rare = previous === SCALAR_MARK ? undefined : rareToken(lexeme);
    const count = rare === undefined ? 0 : (seen.get(rare.name) ?? 0) + 1;
    if (rare !== undefined) seen.set(rare.name, count);
    if (rare !== undefined && count > rare.most) {
      problems.error(0, '', `more than ${rare.most} ${rare.name}: split the file`);
      return undefined;
    }
    if (lexemes.push(lexeme) > MAX_TOKENS) {
      problems.error(0, '', `more than ${MAX_TOKENS} tokens: split the file`);
      return undefined;
    }
    mendDash(lexemes);
    previous = lexeme;
  }
  return lexemes;
}

/** Most tokens begin with none of these characters, and this is asked for each. */
const rareToken = (lexeme: string): (typeof RARE_TOKENS)[number] | undefined =>
  /^[*&!%-]/.test(lexeme) ? RARE_TOKENS.find(({ start }) => lexeme.startsWith(start)) : undefined;

export const tooDeep = (maxDepth: number): string => `nested more than ${maxDepth} levels deep`;

function compose(tokens: CST.Token[], text: string, problems: Problems): Document.Parsed<ParsedNode>[] {
  // So far nothing else was reported.
  const hasOpenBracket = problems.count > 0;
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false });
  const documents: Document.Parsed<ParsedNode>[] = [];
  for (const document of composer.compose(tokens, true, text.length)) {
    if (problems.enough) break;
    const errors = document.errors.filter((error) => !isCommentAtToken(error));
    for (const error of errors) {
      if (hasOpenBracket && / end with a [\]}]$/.test(error.message)) continue;
      problems.error(error.pos[0], '', `not valid YAML: ${withoutSource(error)}`);
    }
    if (errors.length === 0 && document.contents !== null) documents.push(document);
  }
  return documents;
}

/** `"x"# why`: go-yaml looks for no space before a comment where nothing else can stand. */
const isCommentAtToken = ({ code, message }: YAMLParseError): boolean =>
  code === 'MISSING_CHAR' && message.startsWith('Comments must be separated');

/** The package's words without what they quote of the text, which may stand in a Secret. */
function withoutSource({ code, message }: YAMLParseError): string {
  switch (code) {
    case 'TAG_RESOLVE_FAILED':
      return 'A tag that cannot be resolved; quote a value that begins with !';
    case 'BAD_DQ_ESCAPE':
      return 'Invalid escape sequence in double quotes';
    case 'BAD_DIRECTIVE':
      return 'Unsupported directive';
    case 'BAD_INDENT':
      // Of what stands in brackets no indentation is asked.
      return message.replace('be sufficiently indented and ', '');
    case 'UNEXPECTED_TOKEN':
      // What follows a colon is the token itself. The indicator `:`, of which these messages also speak, stands by itself.
      return message.replace(/(?<=\S): .*$/s, '');
    default:
      return message;
  }
}
