import { type JsonObject, listAt } from '../../base/index.ts';

const WARNING = 'metadata.finalizers: an object goes as soon as it is deleted: nobody is waited for';

/**
 * Finalizers are kept and shown, as in a manifest, and hold nothing back: whoever would lift them is not here. Who adds one is told.
 */
export function finalizerWarnings(after: JsonObject, before: JsonObject = {}): readonly string[] {
  const known = listAt(before.metadata, 'finalizers');
  return listAt(after.metadata, 'finalizers').every((each) => known.includes(each)) ? [] : [WARNING];
}
