import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  loadSync,
  type MessageTypeDefinition,
  type Options,
  type PackageDefinition,
} from '@grpc/proto-loader';

export const CRI_PROTO = 'cri-v1.proto';
export const EVENTS_PROTO = 'containerd-events.proto';
export const TASKS_PROTO = 'containerd-tasks.proto';

/**
 * keepCase is what makes requests arrive at all: without it snake_case fields are dropped silently. Nanosecond times do not
 * fit a number, so 64-bit values are read as text.
 */
const OPTIONS: Options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };

const loaded = new Map<string, PackageDefinition>();

/** A gRPC service of one of our proto files. */
export function loadService(file: string, name: string): ServiceDefinition {
  return definition(file, name) as ServiceDefinition;
}

/** A message of one of our proto files, for bytes that hold one. */
export function loadMessage<T>(file: string, name: string): MessageTypeDefinition<T, T> {
  return definition(file, name) as unknown as MessageTypeDefinition<T, T>;
}

function definition(file: string, name: string): PackageDefinition[string] {
  const known =
    loaded.get(file) ?? loadSync(fileURLToPath(new URL(`../../proto/${file}`, import.meta.url)), OPTIONS);
  loaded.set(file, known);
  const found = known[name];
  if (found === undefined) throw new Error(`proto/${file} does not define ${name}`);
  return found;
}
