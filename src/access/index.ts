/**
 * access: who may use the API over TCP: a certificate authority and a server certificate of our own, a token, and the kubeconfig that holds
 * both. In: the root directory, and the names this node goes by. Out: what a listener shows its clients and asks of them, and files.
 * Invariants: secrets lie in files of mode 0600 and in no message; files that are broken, or others can read, are replaced and never used.
 */
export { type Access, type AccessOptions, type Credentials, createAccess } from './create-access.ts';
export { readKubeconfig } from './kubeconfig.ts';
export { isDnsName } from './names.ts';
