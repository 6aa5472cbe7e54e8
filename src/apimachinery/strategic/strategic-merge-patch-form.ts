import type { ObjectType, TypeTable } from '../types/type-table.ts';

/** How a strategic merge patch treats the members of an object. */
export interface PatchForm {
  /** Undefined for a field that the table does not know: it is replaced as a whole. */
  rule(field: string): FieldRule | undefined;
}

export interface FieldRule {
  /** Of lists: their items are merged, instead of the list being replaced. */
  readonly merges: boolean;
  /** Which field tells an item of a merged list; none for lists of scalars. */
  readonly mergeKey: string | undefined;
  /** Of the value, or of the items of a list; undefined for scalars and for what is replaced as a whole. */
  readonly form: PatchForm | undefined;
}

export function patchFormOf(type: ObjectType, types: TypeTable): PatchForm {
  return {
    rule(name) {
      const field = type.fields.get(name);
      if (field === undefined) return undefined;
      const fieldType = types.type(field.type);
      const form = fieldType === undefined ? undefined : patchFormOf(fieldType, types);
      return {
        merges: field.patchMerge,
        mergeKey: field.patchMergeKey,
        form: field.shape === 'map' ? formOfMap(form) : form,
      };
    },
  };
}

function formOfMap(form: PatchForm | undefined): PatchForm {
  return { rule: () => ({ merges: false, mergeKey: undefined, form }) };
}
