import { labelValueErrors, qualifiedNameErrors } from '../../pod/index.ts';
import { ApiFailure } from '../failure.ts';
import { labelSelectorTokens, type Token } from './label-selector-tokens.ts';

export type Labels = Readonly<Record<string, string>>;

const BINARY = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const;
type Operator = (typeof BINARY)[number] | 'exists' | '!';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** In order, each once. */
  readonly values: readonly string[];
}

/**
 * Whether labels are what a selector asks for: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, `a<1`, with commas
 * between them (apimachinery: pkg/labels/selector.go). An empty one takes all. Throws ApiFailure BadRequest in Kubernetes' words.
 */
export function labelSelector(text: string): (labels: Labels) => boolean {
  const requirements = new SelectorParser(text).parse();
  return (labels) => requirements.every((requirement) => matches(requirement, labels));
}

function matches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    default:
      return compares(operator, value, values[0]);
  }
}

function compares(operator: 'gt' | 'lt', value: string | undefined, than: string | undefined): boolean {
  const [left, right] = [integerIn(value), integerIn(than)];
  if (left === undefined || right === undefined) return false;
  return operator === 'gt' ? left > right : left < right;
}

/** Of 64 bits, as Go's ParseInt has it. */
function integerIn(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const integer = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

class SelectorParser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = labelSelectorTokens(text);
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    while (this.#ahead().kind !== 'end') {
      if (!this.#beginsRequirement()) throw this.#unexpected("!, identifier, or 'end of string'");
      requirements.push(this.#requirement());
      const { kind, text } = this.#next();
      if (kind === 'end') break;
      if (text !== ',') throw found(text, "',' or 'end of string'");
      if (!this.#beginsRequirement()) throw this.#unexpected("identifier after ','");
    }
    return requirements;
  }

  #requirement(): Requirement {
    try {
      return this.#readRequirement();
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      throw new ApiFailure('BadRequest', `unable to parse requirement: ${error.message}`);
    }
  }

  #readRequirement(): Requirement {
    const isNegated = this.#ahead().text === '!';
    if (isNegated) this.#next();
    const { kind, text: key } = this.#next();
    if (kind !== 'identifier') throw found(key, 'identifier');
    const errors = qualifiedNameErrors(key);
    if (errors.length > 0) throw invalid('<nil>', key, errors.join('; '));
    if (isNegated) return { key, operator: '!', values: [] };
    if (this.#atEnd()) return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return checked({ key, operator, values: [...new Set(values)].toSorted() });
  }

  #operator(): Operator {
    const { text } = this.#next();
    const operator = Object.hasOwn(OPERATORS, text) ? OPERATORS[text] : undefined;
    if (operator === undefined) throw found(text, BINARY.join(', '));
    return operator;
  }

  #exactValue(): string {
    if (this.#atEnd()) return '';
    const { kind, text } = this.#next();
    if (kind !== 'identifier') throw found(text, 'identifier');
    return text;
  }

  /** `(a,b)`; nothing between commas is the empty value. */
  #values(): readonly string[] {
    const opening = this.#next();
    if (opening.text !== '(') throw new ApiFailure('BadRequest', `found '${opening.text}' expected: '('`);
    const first = this.#ahead();
    if (first.kind !== 'identifier' && first.text !== ',' && first.text !== ')')
      throw found(first.text, "',', ')' or identifier");
    const values: string[] = [];
    for (;;) {
      values.push(this.#ahead().kind === 'identifier' ? this.#next().text : '');
      const { text } = this.#next();
      if (text === ')') return values;
      if (text !== ',') throw found(text, "',' or ')'");
      this.#requireValue();
    }
  }

  #requireValue(): void {
    const { kind, text } = this.#ahead();
    if (kind !== 'identifier' && text !== ',' && text !== ')') throw found(text, "',', or identifier");
  }

  #beginsRequirement(): boolean {
    return this.#ahead().kind === 'identifier' || this.#ahead().text === '!';
  }

  #atEnd(): boolean {
    return this.#ahead().kind === 'end' || this.#ahead().text === ',';
  }

  #ahead(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#ahead();
    this.#position++;
    return token;
  }

  #unexpected(expected: string): ApiFailure {
    return found(this.#ahead().text, expected);
  }
}

function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement;
  const errors = values.flatMap((value, index) => {
    const field = `values[${index}]`;
    const notInteger =
      (operator === 'gt' || operator === 'lt') && integerIn(value) === undefined
        ? [invalid(field, value, "for 'Gt', 'Lt' operators, the value must be an integer").message]
        : [];
    const reasons = labelValueErrors(value);
    const badValue =
      reasons.length === 0 ? [] : [invalid(`${field}[${key}]`, value, reasons.join('; ')).message];
    return [...notInteger, ...badValue];
  });
  if (errors.length === 0) return requirement;
  throw new ApiFailure('BadRequest', errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`);
}

function found(text: string, expected: string): ApiFailure {
  return new ApiFailure('BadRequest', `found '${text}', expected: ${expected}`);
}

function invalid(field: string, value: string, why: string): ApiFailure {
  return new ApiFailure('BadRequest', `${field}: Invalid value: ${JSON.stringify(value)}: ${why}`);
}
