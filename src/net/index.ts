/**
 * net: the few ways of knocking at a container's door, for probes and hooks. In: an address with nothing left to look up; out: what
 * answered. Invariant: nothing is kept open, no proxy is asked, no answer is read beyond its first 10 KiB.
 */
export { addressText } from './address-text.ts';
export { dialTcp } from './dial-tcp.ts';
export { type HttpAnswer, type HttpGet, httpGet } from './http-get.ts';
export { portOf } from './port-of.ts';
export { type Deadline, isDeadline, withDeadline } from './with-deadline.ts';
