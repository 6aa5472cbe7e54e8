import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import { expect, test } from 'vitest';
import facts from '../../facts/cri-v1.json' with { type: 'json' };

/** Of the loaded definition only what is compared. proto-loader types its descriptors as plain objects. */
interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}
interface MessageDescriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly value: readonly { readonly name: string; readonly number: number }[];
  readonly nestedType: readonly MessageDescriptor[];
}
interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestType: { readonly type: object };
  readonly responseType: { readonly type: object };
}

const file = fileURLToPath(new URL('../../../proto/cri-v1.proto', import.meta.url));
const loaded = loadSync(file, { keepCase: true });
const descriptors = Object.entries(loaded).flatMap(([name, definition]) =>
  'type' in definition
    ? [[short(name), definition.type as MessageDescriptor, String(definition.format)] as const]
    : [],
);

test('services, calls and their streams are those of CRI v1', () => {
  const services = Object.entries(loaded).filter(([, definition]) => !('type' in definition));
  expect(services.map(([name]) => name).sort()).toEqual(
    Object.keys(facts.services)
      .map((name) => `runtime.v1.${name}`)
      .sort(),
  );
  const shape = services.map(([name, service]) => {
    const methods = Object.entries(service as unknown as Record<string, Method>).map(
      ([method, definition]) => {
        expect(definition.path).toBe(`/${name}/${method}`);
        return [
          method,
          [
            side(definition.requestStream, definition.requestType),
            side(definition.responseStream, definition.responseType),
          ],
        ];
      },
    );
    return [short(name), Object.fromEntries(methods)];
  });
  expect(Object.fromEntries(shape)).toEqual(facts.services);
});

test('messages, field names, numbers and types are those of CRI v1', () => {
  const messages = descriptors.filter(([, , format]) => format.endsWith(' DescriptorProto'));
  const shape = messages.map(([name, descriptor]) => [
    name,
    Object.fromEntries(
      descriptor.field.map((field) => [field.name, [field.number, typeOf(field, descriptor)]]),
    ),
  ]);
  expect(Object.fromEntries(shape)).toEqual(facts.messages);
});

test('enums and their values are those of CRI v1', () => {
  const enums = descriptors.filter(([, , format]) => format.endsWith(' EnumDescriptorProto'));
  const shape = enums.map(([name, { value }]) => [
    name,
    Object.fromEntries(value.map((entry) => [entry.name, entry.number])),
  ]);
  expect(Object.fromEntries(shape)).toEqual(facts.enums);
});

function side(stream: boolean, message: { readonly type: object }): string {
  return `${stream ? 'stream ' : ''}${(message.type as MessageDescriptor).name}`;
}

/** The type as the facts spell it. A map is a repeated message nested in its owner. */
function typeOf(field: FieldDescriptor, owner: MessageDescriptor): string {
  const entry = owner.nestedType.find(({ name }) => name === field.typeName);
  if (entry !== undefined) return `map<${entry.field.map(scalar).join(', ')}>`;
  const single = field.typeName === '' ? scalar(field) : short(field.typeName);
  return field.label === 'LABEL_REPEATED' ? `repeated ${single}` : single;
}

function scalar(field: FieldDescriptor): string {
  return field.type.replace(/^TYPE_/, '').toLowerCase();
}

function short(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
