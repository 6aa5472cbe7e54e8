import { hasCode, messageOf, TinyletError } from '../base/index.ts';
import { escapeControl } from './escape-control.ts';

/** What is told of a failure, on one line without its end: what the API says in the words that kubectl has for it. `doing` says what failed. */
export function failureLine(error: unknown, doing = ''): string {
  const message = `${doing === '' ? '' : `${doing}: `}${messageOf(error)}`;
  return escapeControl(`${whoSays(error, doing)}${message}`);
}

function whoSays(error: unknown, doing: string): string {
  if (!(error instanceof TinyletError) || !hasCode(error, 'API_REFUSED')) return 'tinylet: ';
  const { reason } = error.facts;
  if (typeof reason !== 'string' || reason === '') return 'Error from server: ';
  return reason === 'Invalid' && doing === '' ? 'The ' : `Error from server (${reason}): `;
}
