import { ApiFailure, type StatusCause } from '../apimachinery/index.ts';

/** core/v1 PodLogOptions, as a query has them; insecureSkipTLSVerifyBackend means nothing here. */
export interface LogOptions {
  /** Empty where none is named. */
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceMs?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly stream: LogStream;
}

type LogStream = 'All' | 'Stdout' | 'Stderr';

const STREAMS: readonly LogStream[] = ['All', 'Stderr', 'Stdout'];

/**
 * Reads the options of a request for the log of a pod. Throws ApiFailure: BadRequest for what cannot be read (apimachinery:
 * pkg/runtime/conversion.go), Invalid for what makes no sense (kubernetes: validation.ValidatePodLogOptions).
 */
export function logOptions(query: URLSearchParams, pod: string, nowMs: number): LogOptions {
  const tailLines = integerIn(query, 'tailLines');
  const limitBytes = integerIn(query, 'limitBytes');
  const sinceSeconds = integerIn(query, 'sinceSeconds');
  const sinceTime = timeIn(query, 'sinceTime');
  const stream = query.get('stream') ?? 'All';
  const known = STREAMS.find((each) => each === stream);
  refuseNonsense(pod, [
    tailLines !== undefined &&
      tailLines < 0 &&
      invalid('tailLines', tailLines, 'must be greater than or equal to 0'),
    limitBytes !== undefined && limitBytes < 1 && invalid('limitBytes', limitBytes, 'must be greater than 0'),
    sinceSeconds !== undefined &&
      (sinceTime === undefined
        ? sinceSeconds < 1 && invalid('sinceSeconds', sinceSeconds, 'must be greater than 0')
        : forbidden('at most one of `sinceTime` or `sinceSeconds` may be specified')),
    known === undefined && unsupported('stream', stream),
    known !== 'All' &&
      tailLines !== undefined &&
      forbidden('`tailLines` and specific `stream` are mutually exclusive for now'),
  ]);
  const sinceMs = sinceSeconds === undefined ? sinceTime : nowMs - sinceSeconds * 1000;
  return {
    container: query.get('container') ?? '',
    ...{ follow: isSet(query, 'follow'), previous: isSet(query, 'previous') },
    timestamps: isSet(query, 'timestamps'),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    stream: known ?? 'All',
  };
}

/** `?follow` and `?follow=` are true. */
function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

function integerIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new ApiFailure('BadRequest', `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

function timeIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  // Older clients send what JSON has for a time that is not set (meta/v1: Time.UnmarshalQueryParameter).
  if (text === '' || text === 'null') return undefined;
  const ms = RFC_3339.test(text) ? Date.parse(text.replace(',', '.')) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const quoted = JSON.stringify(text);
  throw new ApiFailure(
    'BadRequest',
    `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`,
  );
}

type Nonsense = Required<StatusCause>;

function invalid(field: string, value: number, why: string): Nonsense {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field };
}

function forbidden(why: string): Nonsense {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field: '' };
}

function unsupported(field: string, value: string): Nonsense {
  const supported = STREAMS.map((stream) => JSON.stringify(stream)).join(', ');
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return { reason: 'FieldValueNotSupported', message, field };
}

function refuseNonsense(pod: string, found: readonly (Nonsense | false)[]): void {
  const causes = found.filter((cause) => cause !== false);
  if (causes.length === 0) return;
  const each = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = each.length === 1 ? each.join() : `[${each.join(', ')}]`;
  throw new ApiFailure('Invalid', `PodLogOptions ${JSON.stringify(pod)} is invalid: ${all}`, {
    ...{ name: pod, kind: 'PodLogOptions', causes },
  });
}
