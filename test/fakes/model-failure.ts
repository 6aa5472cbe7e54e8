import { status } from '@grpc/grpc-js';

/** How a runtime refuses a call: a gRPC status, as the wire carries it. */
export class ModelFailure extends Error {
  readonly code: number;
  readonly details: string;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

export const notFound = (details: string): ModelFailure => new ModelFailure(status.NOT_FOUND, details);
export const refused = (details: string): ModelFailure => new ModelFailure(status.UNKNOWN, details);
/** The containerd release a model follows where they differ. */
export type Release = '1.6' | '2.1';

export const nameReserved = (details: string, release: Release): ModelFailure =>
  new ModelFailure(release === '1.6' ? status.UNKNOWN : status.FAILED_PRECONDITION, details);
export const unavailable = (details = 'Connection dropped'): ModelFailure =>
  new ModelFailure(status.UNAVAILABLE, details);
export const cancelled = (): ModelFailure => new ModelFailure(status.CANCELLED, 'Cancelled on client');
export const deadlineExceeded = (details = 'Deadline exceeded'): ModelFailure =>
  new ModelFailure(status.DEADLINE_EXCEEDED, details);
export const unimplemented = (call: string): ModelFailure =>
  new ModelFailure(status.UNIMPLEMENTED, `unknown method ${call}`);
