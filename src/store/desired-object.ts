import { type JsonObject, objectAt } from '../base/index.ts';
import { defaultedSpec } from './kinds/pod-defaults.ts';
import type { ManifestKind } from './resource-kinds.ts';
import { withoutDefaults } from './without-defaults.ts';

/** The text of the file that an object is kept in: what its author says of it, for people to read, too. */
export function desiredText(desired: JsonObject): string {
  const { apiVersion, kind, metadata, ...rest } = desired;
  return `${JSON.stringify({ apiVersion, kind, metadata, ...rest }, null, 2)}\n`;
}

/** What of an object that a client wants is desired state, with nothing in it that the node says itself. */
export function desiredOf(
  kind: ManifestKind,
  { status: _, ...wanted }: JsonObject,
  before: { readonly written: JsonObject; readonly shown: JsonObject } | undefined,
): JsonObject {
  switch (kind) {
    case 'Pod':
      return before === undefined ? wanted : podWithoutDefaults(wanted, before);
    case 'Secret':
      return withoutTexts(wanted);
    case 'Namespace':
      return withoutSpec(wanted);
    default:
      return wanted;
  }
}

function podWithoutDefaults(
  wanted: JsonObject,
  before: { readonly written: JsonObject; readonly shown: JsonObject },
): JsonObject {
  // As podObject has it: where a pod runs is nothing that its author has to say.
  const { nodeName } = objectAt(before.shown, 'spec');
  const show = (written: JsonObject): JsonObject => ({
    ...written,
    spec: { ...defaultedSpec(objectAt(written, 'spec')), nodeName },
  });
  return withoutDefaults(wanted, { ...before, show });
}

/** Texts of a Secret are a way to write its data (core/v1: Secret.stringData). */
function withoutTexts({ stringData, data, ...secret }: JsonObject): JsonObject {
  const encoded = Object.entries(objectAt({ stringData }, 'stringData')).map(
    ([key, text]) => [key, Buffer.from(typeof text === 'string' ? text : '').toString('base64')] as const,
  );
  const all = { ...objectAt({ data }, 'data'), ...Object.fromEntries(encoded) };
  return Object.keys(all).length === 0 ? secret : { ...secret, data: all };
}

function withoutSpec({ spec: _, ...namespace }: JsonObject): JsonObject {
  return namespace;
}
