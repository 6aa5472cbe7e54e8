export interface Token {
  readonly kind: 'identifier' | 'symbol' | 'end';
  readonly text: string;
}

/** The words of a label selector, with an empty one at the end (apimachinery: pkg/labels/selector.go). */
export function labelSelectorTokens(text: string): readonly Token[] {
  const words = text.match(/==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+/g) ?? [];
  const tokens = words.map((word): Token => ({ kind: kindOf(word), text: word }));
  return [...tokens, { kind: 'end', text: '' }];
}

function kindOf(word: string): 'identifier' | 'symbol' {
  return /^[=!(),<>]/.test(word) ? 'symbol' : 'identifier';
}
