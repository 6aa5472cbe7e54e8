/** What a value of a field is. Where it is none of the scalars, `type` names another type of the table. */
export type ScalarName =
  | 'string'
  | 'boolean'
  /** int32 and int64. */
  | 'integer'
  | 'number'
  /** Base64 in JSON. */
  | 'bytes'
  /** A text or a number in JSON; written as text. */
  | 'quantity'
  | 'intOrString'
  /** RFC 3339, or null. */
  | 'time'
  | 'microTime'
  /** metadata.managedFields[].fieldsV1: any JSON object. */
  | 'fieldsV1'
  /** Any JSON (RawExtension and the like). */
  | 'any';

export interface FieldType {
  readonly name: string;
  /** A scalar, or the name of another type: `core/v1.Container`, `meta/v1.ObjectMeta`. */
  readonly type: ScalarName | (string & {});
  /** Of a map the values have the type; keys are texts. */
  readonly shape: 'one' | 'list' | 'map';
  /** The number of the field in protobuf; 0 where it stands in an inlined message there, or is not read from protobuf. */
  readonly number: number;
  /** A pointer in Go: zero values are said on purpose. Of the others a zero value is the same as absent. */
  readonly pointer: boolean;
  /** A message in protobuf whose members stand in the enclosing object in JSON. */
  readonly inline: boolean;
  readonly required: boolean;
  /** patchStrategy of Go's struct tags, without `retainKeys`; absent is replace. */
  readonly patchMerge: boolean;
  readonly patchMergeKey?: string;
  /** `$retainKeys` is understood. */
  readonly patchRetainKeys: boolean;
  /** Of lists, for server-side apply; absent is atomic. */
  readonly listType?: 'set' | 'map';
  readonly listMapKeys: readonly string[];
  /** A map or struct that is owned as a whole. */
  readonly atomic: boolean;
  /** What an absent one means (`+default`): of the keys of a list they matter, as ports[].protocol. */
  readonly default?: string | number | boolean;
}

/** One Go struct. */
export interface ObjectType {
  readonly name: string;
  /** By their JSON names, as JSON has them: those of inlined structs among them, apiVersion and kind of those that have a kind. */
  readonly fields: ReadonlyMap<string, FieldType>;
  /** By their numbers, as protobuf has them: inlined structs are messages of their own. */
  readonly wire: ReadonlyMap<number, FieldType>;
  readonly atomic: boolean;
}

/** The types of Kubernetes' objects that are served here, and what they consist of. */
export interface TypeTable {
  /** Undefined for a name that is not in the table. */
  type(name: string): ObjectType | undefined;
  /** The type of `apiVersion` and `kind`, as `v1` and `Pod`. */
  typeOf(apiVersion: string, kind: string): ObjectType | undefined;
}
