import { isJsonObject, type JsonObject, objectAt, textAt } from '../../base/index.ts';
import type { Resource } from '../resource.ts';
import { column, NAME, nameOf, orElse, since, wideColumn } from './columns.ts';

export const events: Resource = {
  group: '',
  version: 'v1',
  name: 'events',
  singular: 'event',
  kind: 'Event',
  namespaced: true,
  shortNames: ['ev'],
  categories: [],
  verbs: ['get', 'list', 'watch'],
  subresources: [],
  columns: [
    column('Last Seen', 'How long ago it happened last.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'What happened, in a word.'),
    column('Object', 'What it happened to.'),
    wideColumn('Subobject', 'The part of the object that it happened to.'),
    wideColumn('Source', 'Who tells of it.'),
    column('Message', 'What happened, for people.'),
    wideColumn('First Seen', 'How long ago it happened first.'),
    wideColumn('Count', 'How often it happened.'),
    { ...NAME, priority: 1 },
  ],
  // Kubernetes: printEvent in pkg/printers/internalversion/printers.go.
  cells(event, nowMs) {
    const involved = objectAt(event, 'involvedObject');
    const first = orElse(textAt(event, 'firstTimestamp'), textAt(event, 'eventTime'));
    const last = isJsonObject(event.series)
      ? textAt(event.series, 'lastObservedTime')
      : orElse(textAt(event, 'lastTimestamp'), first);
    return [
      since(last, nowMs),
      textAt(event, 'type'),
      textAt(event, 'reason'),
      [textAt(involved, 'kind').toLowerCase(), textAt(involved, 'name')]
        .filter((part) => part !== '')
        .join('/'),
      textAt(involved, 'fieldPath'),
      sourceWord(event),
      textAt(event, 'message').trim(),
      since(first, nowMs),
      countOf(event),
      nameOf(event),
    ];
  },
  // Kubernetes: AddFieldLabelConversionsForEvent in pkg/apis/core/v1/conversion.go, ToSelectableFields of its registry.
  fields: {
    ...involvedField('apiVersion'),
    ...involvedField('fieldPath'),
    ...involvedField('kind'),
    ...involvedField('name'),
    ...involvedField('namespace'),
    ...involvedField('resourceVersion'),
    ...involvedField('uid'),
    reason: (event) => textAt(event, 'reason'),
    reportingComponent: (event) => textAt(event, 'reportingComponent'),
    source: (event) => orElse(textAt(event.source, 'component'), textAt(event, 'reportingComponent')),
    type: (event) => textAt(event, 'type'),
  },
};

function involvedField(field: string): Resource['fields'] {
  return { [`involvedObject.${field}`]: ({ involvedObject }) => textAt(involvedObject, field) };
}

function countOf(event: JsonObject): number {
  const counted = isJsonObject(event.series) ? event.series.count : event.count;
  return typeof counted === 'number' && counted > 0 ? counted : 1;
}

/** Kubernetes: formatEventSource. */
function sourceWord(event: JsonObject): string {
  const component = orElse(textAt(event.source, 'component'), textAt(event, 'reportingComponent'));
  const host = orElse(textAt(event.source, 'host'), textAt(event, 'reportingInstance'));
  return host === '' ? component : `${component}, ${host}`;
}
