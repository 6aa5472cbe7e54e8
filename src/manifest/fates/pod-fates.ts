import { type Fates, honoured, honouredWith, notApplicable, refused, serverFilled } from './fate.ts';

const nowhereElse = notApplicable('one node: there is nothing to choose');
const noPriorities = notApplicable('one node: no pod is scheduled before another or evicted for it');
const noAccounts = notApplicable('there is no API server to have an account at');
const noTokens = notApplicable(
  'there is no API server to issue a token: nothing is mounted, whatever it says',
);
const noServices = notApplicable('there are no Services yet to make variables of');
const neverLifted = refused('nothing here would ever lift a scheduling gate');
const noClaims = refused(
  'there is no dynamic resource allocation here: name devices by CDI annotations or hostPath',
);
const gates = honouredWith(
  'set through the API, on the status of the pod: until that is done it is not Ready',
);

/** The Pod itself: its metadata, its spec, and the small types of its spec. */
export const podFates = {
  V1ObjectMeta: {
    name: honoured,
    namespace: honoured,
    labels: honoured,
    annotations: honouredWith('only for cdi.k8s.io/ annotations', 'cdi'),
    uid: honoured,
    generateName: notApplicable('no API server makes a name of it'),
    creationTimestamp: serverFilled,
    deletionGracePeriodSeconds: serverFilled,
    deletionTimestamp: serverFilled,
    finalizers: notApplicable('a pod is removed when its manifest is: nobody is waited for'),
    generation: serverFilled,
    managedFields: serverFilled,
    ownerReferences: serverFilled,
    resourceVersion: serverFilled,
    selfLink: serverFilled,
  },
  V1ManagedFieldsEntry: serverFilled,
  V1OwnerReference: serverFilled,
  V1PodSpec: {
    containers: honoured,
    initContainers: honouredWith('with restartPolicy Always they are sidecars'),
    ephemeralContainers: honouredWith(
      'each runs once, beside what the pod consists of; adding one restarts nothing',
    ),
    volumes: honoured,
    restartPolicy: honoured,
    terminationGracePeriodSeconds: honoured,
    activeDeadlineSeconds: honoured,
    hostNetwork: honoured,
    hostPID: honoured,
    hostIPC: honoured,
    hostUsers: honouredWith('only for false', 'user-namespaces'),
    shareProcessNamespace: honoured,
    securityContext: honoured,
    hostname: honoured,
    subdomain: honoured,
    setHostnameAsFQDN: honoured,
    hostnameOverride: honoured,
    hostAliases: honoured,
    dnsPolicy: honoured,
    dnsConfig: honoured,
    imagePullSecrets: honoured,
    runtimeClassName: honouredWith("a RuntimeClass manifest, or one of the runtime's handlers by its name"),
    overhead: honoured,
    resources: honouredWith('', 'pod-cgroups'),
    os: honouredWith('linux only'),
    priorityClassName: honouredWith('only system-node-critical has an effect: an oom_score_adj of -997'),
    priority: noPriorities,
    preemptionPolicy: noPriorities,
    affinity: nowhereElse,
    nodeName: nowhereElse,
    nodeSelector: nowhereElse,
    schedulerName: nowhereElse,
    schedulingGroup: nowhereElse,
    tolerations: nowhereElse,
    topologySpreadConstraints: nowhereElse,
    serviceAccount: noAccounts,
    serviceAccountName: notApplicable(`${noAccounts.reason}; variables and files may read it by fieldRef`),
    automountServiceAccountToken: noTokens,
    enableServiceLinks: noServices,
    readinessGates: gates,
    resourceClaims: noClaims,
    schedulingGates: neverLifted,
  },
  V1HostAlias: honoured,
  V1PodDNSConfig: honoured,
  V1PodDNSConfigOption: honoured,
  V1LocalObjectReference: honoured,
  V1PodOS: honouredWith('linux only'),
  V1PodReadinessGate: honoured,
  V1PodResourceClaim: noClaims,
  V1PodSchedulingGate: neverLifted,

  V1Affinity: nowhereElse,
  V1NodeAffinity: nowhereElse,
  V1PreferredSchedulingTerm: nowhereElse,
  V1NodeSelectorTerm: nowhereElse,
  V1NodeSelectorRequirement: nowhereElse,
  V1NodeSelector: nowhereElse,
  V1PodAffinity: nowhereElse,
  V1WeightedPodAffinityTerm: nowhereElse,
  V1PodAffinityTerm: nowhereElse,
  V1LabelSelector: nowhereElse,
  V1LabelSelectorRequirement: nowhereElse,
  V1PodAntiAffinity: nowhereElse,
  V1PodSchedulingGroup: nowhereElse,
  V1Toleration: nowhereElse,
  V1TopologySpreadConstraint: nowhereElse,
} as const satisfies Fates;
