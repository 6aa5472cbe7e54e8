/** What is spoken within SPDY to forward ports (kubelet: pkg/kubelet/cri/streaming/portforward). */
export const PORT_PROTOCOL = 'portforward.k8s.io';
