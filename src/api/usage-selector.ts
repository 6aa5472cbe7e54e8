import { ApiFailure, fieldSelector, labelSelector } from '../apimachinery/index.ts';

interface Selectable {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the selectors of a query take. Of fields there are the name and the namespace. Throws ApiFailure BadRequest. */
export function usageSelector(query: URLSearchParams): (subject: Selectable) => boolean {
  const byLabels = labelSelector(query.get('labelSelector') ?? '');
  const byFields = fieldSelector(query.get('fieldSelector') ?? '');
  for (const { field } of byFields)
    if (field !== 'metadata.name' && field !== 'metadata.namespace')
      throw new ApiFailure('BadRequest', `field label not supported: ${field}`);
  return ({ namespace, name, labels }) =>
    byLabels(labels) &&
    byFields.every(({ field, operator, value }) => {
      const isEqual = value === (field === 'metadata.name' ? name : namespace);
      return isEqual === (operator === '=');
    });
}
