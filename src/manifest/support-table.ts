import { needs } from '../pod/index.ts';
import { shapeOf } from './field-fates.ts';
import { objectTypes, podspecTypes, type TypeName } from './known-fields.ts';

/** What becomes of one field; texts are empty where there is nothing to say. */
export interface SupportRow {
  /** As Kubernetes' clients name it, e.g. `V1PodSpec`. */
  readonly type: string;
  readonly field: string;
  readonly fate: 'honoured' | 'not-applicable' | 'refused';
  readonly reason: string;
  /** What the runtime or the machine must offer, else the pod waits. */
  readonly needs: string;
}

/** Every field of a PodSpec and below, in the order of core/v1's published form. */
export function podSupport(): readonly SupportRow[] {
  return podspecTypes.flatMap(rowsOf);
}

/** The same for the objects beside Pods and what wraps all of them. */
export function objectSupport(): readonly SupportRow[] {
  return objectTypes.flatMap(rowsOf);
}

function rowsOf(type: TypeName): readonly SupportRow[] {
  return [...shapeOf(type)].map(([field, { fate }]) => ({
    type,
    field,
    fate: fate.fate,
    reason: fate.reason,
    needs: fate.needs === undefined ? '' : needs[fate.needs],
  }));
}
