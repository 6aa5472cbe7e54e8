/**
 * streaming: byte streams between a client and the runtime: SPDY passed on as it comes, WebSockets translated. Invariants: nothing is lost
 * or reordered; a side that ends ends the other.
 */
export {};
