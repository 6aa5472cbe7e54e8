/**
 * net: the few ways of knocking at a container's door, for probes and hooks. In: an address with nothing left to look up; out: what
 * answered. Invariant: nothing is kept open, no proxy is asked, no answer is read beyond its first 10 KiB.
 */
export type { HttpAction, HttpAnswer, HttpGet } from './http-get.ts';
