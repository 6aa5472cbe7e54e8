import { dns1123LabelErrors, type ObjectMeta, type RuntimeClass } from '../pod/index.ts';
import { shapes } from './field-fates.ts';
import type { Fields } from './fields.ts';
import { readOverhead } from './read-resources.ts';
import { jsonOfField } from './tree-json.ts';

/** Reads a RuntimeClass (node/validation: ValidateRuntimeClass). */
export function readRuntimeClass(fields: Fields, metadata: ObjectMeta): RuntimeClass {
  const handler = fields.requiredText('handler') ?? '';
  if (handler !== '') fields.reportInvalid('handler', handler, dns1123LabelErrors(handler));
  const overhead = fields.object('overhead', shapes.overhead);
  const podFixed = overhead === undefined ? undefined : readOverhead(overhead, 'podFixed');
  const scheduling = jsonOfField(fields.tree('scheduling'));
  return {
    kind: 'RuntimeClass',
    metadata,
    handler,
    ...(podFixed === undefined ? {} : { overhead: podFixed }),
    ...(scheduling && { document: scheduling }),
  };
}
