import type { Need } from '../../pod/index.ts';
import type { knownFields, TypeName } from '../known-fields.ts';

/** What becomes of a field of a manifest. */
export interface Fate {
  readonly fate:
    | /** Read and obeyed. */ 'honoured'
    | /** Nothing to do on one machine without an API server: accepted and noted. */ 'not-applicable'
    | /** An error where it has a value. */ 'refused';
  /** Why it is not honoured; for an honoured field what there is to know about it, or when it needs what it needs; mostly nothing. */
  readonly reason: string;
  /** What must be there for it to work. Where it is missing the pod waits. */
  readonly needs?: Need;
  /** Servers write it, newer ones more than is known here: what is inside is not even looked at. */
  readonly opaque?: true;
}

/**
 * One part of the table: a fate for a whole type, or one for each of its fields. The compiler refuses a type that is
 * left half done and a field that core/v1 lacks.
 */
export type Fates = {
  readonly [T in TypeName]?: Fate | { readonly [F in keyof (typeof knownFields)[T]]: Fate };
};

export const honoured: Fate = { fate: 'honoured', reason: '' };

export function honouredWith(remark: string, needs?: Need): Fate {
  return { fate: 'honoured', reason: remark, ...(needs === undefined ? {} : { needs }) };
}

export function notApplicable(reason: string): Fate {
  return { fate: 'not-applicable', reason };
}

export function refused(reason: string): Fate {
  return { fate: 'refused', reason };
}

export const serverFilled: Fate = {
  fate: 'not-applicable',
  reason: 'filled in by an API server',
  opaque: true,
};
