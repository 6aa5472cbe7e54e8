/** What probes call themselves (kubelet: pkg/probe, with the version whose behaviour this is). */
export const USER_AGENT = 'kube-probe/1.36';
