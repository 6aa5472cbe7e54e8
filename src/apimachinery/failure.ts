/** Reasons of metav1.Status, with the HTTP code each goes with (apimachinery: pkg/apis/meta/v1/types.go). */
export const STATUS_CODE = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof STATUS_CODE;

export interface StatusCause {
  /** FieldValueInvalid, FieldValueRequired, FieldManagerConflict, … */
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** A request that cannot be done, as a Kubernetes API server says it. Thrown by what serves requests; the router makes a Status of it. */
export class ApiFailure extends Error {
  readonly reason: StatusReason;
  readonly details: StatusDetails;

  constructor(reason: StatusReason, message: string, details: StatusDetails = {}) {
    super(message);
    this.name = 'ApiFailure';
    this.reason = reason;
    this.details = details;
  }

  get code(): number {
    return STATUS_CODE[this.reason];
  }
}
