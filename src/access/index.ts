/**
 * access: who may use the API over TCP: a certificate authority and a server certificate of our own, a token, and the kubeconfig that holds
 * both. Invariants: secrets lie in files of mode 0600 and in no message.
 */
export {};
