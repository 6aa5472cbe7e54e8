import {
  hasCode,
  isJsonObject,
  type JsonObject,
  listAt,
  objectAt,
  TinyletError,
  textAt,
} from '../base/index.ts';
import { askApi, type NodeClient, watchApi } from '../client/index.ts';
import { type ApiKind, loadKinds, nameOfKind, pathOf } from './api-kinds.ts';
import { ApiTable, type ApiTableOptions } from './api-table.ts';
import { askDaemon } from './ask-daemon.ts';
import type { CommandCall } from './command.ts';
import { escapeControl } from './escape-control.ts';
import { failureLine } from './failure-line.ts';
import * as shared from './flags.ts';
import { getFlags, type ObjectFormat } from './get-flags.ts';
import { byKind, type NamedObjects, readObjectOperands } from './object-operands.ts';
import { objectText } from './object-text.ts';
import { wantsColor } from './status-color.ts';

const AS_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** What is asked for, and how it is to be shown. */
interface Asked {
  readonly client: NodeClient;
  readonly format: ObjectFormat;
  readonly isTable: boolean;
  /** Undefined for all. */
  readonly namespace: string | undefined;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly table: Omit<ApiTableOptions, 'prefix' | 'withNamespace'>;
}

/** What was answered of one kind: tables or objects and lists, as `isTable` says. */
interface Found {
  readonly kind: ApiKind;
  readonly answers: readonly JsonObject[];
}

/** `tinylet get`. */
export async function getObjects(call: CommandCall): Promise<number> {
  const { flags, operands, program } = call;
  const asked = readAsked(call);
  const kinds = await askDaemon(() => loadKinds(asked.client));
  const wanted = byKind(readObjectOperands(operands, kinds));
  refuseNames(wanted, asked);
  if (flags.read(shared.watchFlag) === true) return watchKind(call, asked, wanted);
  const failures: unknown[] = [];
  const found: Found[] = [];
  for (const objects of wanted) found.push(await findObjects(asked, objects, failures));
  program.out(asked.isTable ? tablesText(asked, found) : objectsText(asked, found));
  for (const failure of failures) program.err(`${failureLine(failure)}\n`);
  if (asked.isTable && failures.length === 0 && found.every(isEmpty))
    program.err(`${nothingFound(asked, wanted)}\n`);
  return failures.length === 0 ? 0 : 1;
}

function readAsked({ flags, program, env }: CommandCall): Asked {
  const format = flags.read(getFlags.output) ?? 'table';
  return {
    client: program.client(shared.readApiSocket(flags)),
    format,
    isTable: format === 'table' || format === 'wide',
    namespace: shared.readNamespaces(flags),
    query: { labelSelector: shared.readSelector(flags), fieldSelector: shared.readFieldSelector(flags) },
    table: {
      wide: format === 'wide',
      withLabels: flags.read(getFlags.showLabels) === true,
      withHeader: flags.read(getFlags.noHeaders) !== true,
      color: wantsColor(program.stdoutIsTerminal, env),
    },
  };
}

function refuseNames(wanted: readonly NamedObjects[], { namespace, query }: Asked): void {
  const named = wanted.find(({ names }) => names.length > 0);
  if (named === undefined) return;
  if (query.labelSelector !== undefined || query.fieldSelector !== undefined)
    throw new TinyletError('USAGE', 'either names or a selector, not both');
  if (namespace === undefined && named.kind.namespaced) throw new TinyletError('USAGE', shared.NAME_IN_ALL);
}

/** What is not there is told when the rest has been shown. */
async function findObjects(asked: Asked, { kind, names }: NamedObjects, failures: unknown[]): Promise<Found> {
  const answers: JsonObject[] = [];
  for (const name of names.length === 0 ? [undefined] : names) {
    try {
      answers.push(await ask(asked, kind, name));
    } catch (error) {
      if (!hasCode(error, 'API_REFUSED')) throw error;
      failures.push(error);
    }
  }
  return { kind, answers };
}

function ask(
  { client, namespace, query, isTable }: Asked,
  kind: ApiKind,
  name: string | undefined,
): Promise<JsonObject> {
  const path = pathOf(kind, { namespace, name, query });
  return askApi(client, { path, ...(isTable && { accept: AS_TABLE }) });
}

function isEmpty({ answers }: Found): boolean {
  return answers.every((answer) => listAt(answer, 'rows').length === 0);
}

function nothingFound({ namespace }: Asked, wanted: readonly NamedObjects[]): string {
  const isNamespaced = wanted.some(({ kind }) => kind.namespaced);
  return namespace === undefined || !isNamespaced
    ? 'No resources found'
    : `No resources found in ${escapeControl(namespace)} namespace.`;
}

function tablesText(asked: Asked, found: readonly Found[]): string {
  const texts = found.flatMap((each) => {
    if (isEmpty(each)) return [];
    const [first = {}] = each.answers;
    const rows = each.answers.flatMap((answer) => listAt(answer, 'rows'));
    return linesText(tableFor(asked, each.kind, found.length > 1).lines({ ...first, rows }));
  });
  return texts.join('\n');
}

function tableFor({ table, namespace }: Asked, kind: ApiKind, amongOthers: boolean): ApiTable {
  const prefix = amongOthers ? `${nameOfKind(kind)}/` : '';
  return new ApiTable({ ...table, prefix, withNamespace: namespace === undefined && kind.namespaced });
}

function objectsText({ format }: Asked, found: readonly Found[]): string {
  const items = found.flatMap(({ kind, answers }) =>
    answers.flatMap(objectsIn).map((object) => ({ kind, object })),
  );
  if (format === 'name') return linesText(items.map(({ kind, object }) => nameLine(kind, object)));
  const [only] = found.flatMap(({ answers }) => answers);
  const isOne = items.length === 1 && only === items[0]?.object;
  // Where nothing that was named is there, its failure says it all.
  if (only === undefined) return '';
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: items.map(({ object }) => object),
  };
  return objectText(isOne ? only : list, format === 'yaml' ? 'yaml' : 'json');
}

/** Those of a list, or the object itself. */
function objectsIn(answer: JsonObject): readonly JsonObject[] {
  return textAt(answer, 'kind').endsWith('List') ? listAt(answer, 'items').filter(isJsonObject) : [answer];
}

function nameLine(kind: ApiKind, { metadata }: JsonObject): string {
  return escapeControl(`${nameOfKind(kind)}/${textAt(metadata, 'name')}`);
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** What there is, then every change of it as it comes, until the program is ended. */
async function watchKind(
  { program }: CommandCall,
  asked: Asked,
  wanted: readonly NamedObjects[],
): Promise<number> {
  const [first, ...others] = wanted;
  if (first === undefined || others.length > 0 || first.names.length > 1)
    throw new TinyletError('USAGE', 'only one kind can be watched at a time, all of it or one of a name');
  const {
    kind,
    names: [name],
  } = first;
  // What is not there is told in the API's own words.
  if (name !== undefined) await ask(asked, kind, name);
  const selected =
    name === undefined ? asked : { ...asked, query: { fieldSelector: `metadata.name=${name}` } };
  const table = tableFor(asked, kind, false);
  let isFirst = true;
  const show = (answer: JsonObject): void => {
    program.out(changeText(asked, { kind, table, answer, isFirst }));
    isFirst = false;
  };
  const now = await ask(selected, kind, undefined);
  if (!asked.isTable) objectsIn(now).forEach(show);
  else if (listAt(now, 'rows').length > 0) show(now);
  const resourceVersion = textAt(objectAt(now, 'metadata'), 'resourceVersion');
  const query = { ...selected.query, watch: 'true', resourceVersion };
  const path = pathOf(kind, { namespace: asked.namespace, query });
  const accept = asked.isTable ? { accept: AS_TABLE } : {};
  for await (const { type, object } of watchApi(asked.client, { path, ...accept }))
    if (type !== 'BOOKMARK') show(object);
  return 0;
}

interface Change {
  readonly kind: ApiKind;
  readonly table: ApiTable;
  readonly answer: JsonObject;
  readonly isFirst: boolean;
}

function changeText({ format }: Asked, { kind, table, answer, isFirst }: Change): string {
  switch (format) {
    case 'table':
    case 'wide':
      return linesText(table.lines(answer));
    case 'name':
      return linesText([nameLine(kind, answer)]);
    case 'json':
      return objectText(answer, 'json');
    case 'yaml':
      return `${isFirst ? '' : '---\n'}${objectText(answer, 'yaml')}`;
  }
}
