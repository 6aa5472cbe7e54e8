import type { JsonSchema } from './schema-words.ts';
import type { SupportRow } from './support-table.ts';

/** What can be told about fields. It is loaded by those who ask, so that the daemon never carries it. */
export interface FieldGuide {
  /** Every field of a PodSpec and below with its fate. */
  podSupport(): readonly SupportRow[];
  /** The same for the objects beside Pods. */
  objectSupport(): readonly SupportRow[];
  /** What is accepted, for editors. */
  manifestSchema(): JsonSchema;
}

export async function loadFieldGuide(): Promise<FieldGuide> {
  const [{ podSupport, objectSupport }, { manifestSchema }] = await Promise.all([
    import('./support-table.ts'),
    import('./json-schema.ts'),
  ]);
  return { podSupport, objectSupport, manifestSchema };
}
