import { ApiFailure } from '../apimachinery/index.ts';

/** The shape a client wants objects in. */
export type Form =
  | { readonly as: 'Object' }
  | { readonly as: 'Table'; readonly version: MetaVersion; readonly include: IncludeObject }
  | { readonly as: 'PartialObjectMetadata'; readonly version: MetaVersion };

export type MetaVersion = 'v1' | 'v1beta1';
export type IncludeObject = 'Metadata' | 'Object' | 'None';

const AS_IT_IS: Form = { as: 'Object' };
/** What Kubernetes names its encodings. All are answered in JSON, which whoever asks for protobuf takes too. */
const JSON_TYPES = new Set([
  'application/json',
  'application/vnd.kubernetes.protobuf',
  'application/*',
  '*/*',
]);
const GROUP = 'meta.k8s.io';

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * Chooses the first form of an Accept header that can be answered (apiserver: NegotiateMediaTypeOptions). `query` says what rows of a
 * table hold. Throws NotAcceptable.
 */
export function negotiateForm(accept: string | undefined, query: URLSearchParams): Form {
  if (accept === undefined || accept.trim() === '') return AS_IT_IS;
  for (const clause of clausesOf(accept)) {
    const form = JSON_TYPES.has(clause.type) ? formOf(clause, query) : undefined;
    if (form !== undefined) return form;
  }
  throw new ApiFailure('NotAcceptable', 'only the following media types are accepted: application/json');
}

function formOf({ parameters }: Clause, query: URLSearchParams): Form | undefined {
  const as = parameters.get('as');
  if (as === undefined) return AS_IT_IS;
  const version = parameters.get('v');
  if (parameters.get('g') !== GROUP || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { as, version, include: includeObject(query) };
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList'
    ? { as: 'PartialObjectMetadata', version }
    : undefined;
}

function includeObject(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') ?? '';
  if (asked === '') return 'Metadata';
  if (asked === 'Metadata' || asked === 'Object' || asked === 'None') return asked;
  throw new ApiFailure('BadRequest', `unrecognized includeObject value: "${asked}"`);
}

/** The best first; those of one quality as they were written. */
function clausesOf(accept: string): readonly Clause[] {
  return accept
    .split(',')
    .map(readClause)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

function readClause(text: string): Clause {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}
