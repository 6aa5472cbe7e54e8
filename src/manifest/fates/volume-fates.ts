import { type Fates, honoured, honouredWith, notApplicable, refused } from './fate.ts';

const noPlugin = refused('there is no such volume plugin here: mount it on the host and use hostPath');
const mountIt = refused('no storage is attached over a network here: mount it on the host and use hostPath');
const gitRepo = refused(
  'gitRepo is unsafe, it runs what the repository says: clone it on the host and use hostPath',
);
const noIssuer = refused('there is no API server here to issue one');
const image = honouredWith('', 'image-volumes');
const ownDirectory = refused(
  'a claim is a directory of its own: no volume is chosen from a pool or filled from another',
);
const oneKind = notApplicable('a claim is a directory on this machine: there is one kind of storage');
const unmeasured = 'the least that is wanted: a directory has no size of its own';

/** Volumes, and the claims they may name. */
export const volumeFates = {
  V1Volume: {
    name: honoured,
    emptyDir: honoured,
    hostPath: honoured,
    configMap: honoured,
    secret: honoured,
    downwardAPI: honoured,
    projected: honoured,
    image,
    persistentVolumeClaim: honoured,
    ephemeral: honouredWith('a directory that goes with the pod'),
    gitRepo,
    nfs: mountIt,
    iscsi: mountIt,
    fc: mountIt,
    awsElasticBlockStore: noPlugin,
    azureDisk: noPlugin,
    azureFile: noPlugin,
    cephfs: noPlugin,
    cinder: noPlugin,
    csi: noPlugin,
    flexVolume: noPlugin,
    flocker: noPlugin,
    gcePersistentDisk: noPlugin,
    glusterfs: noPlugin,
    photonPersistentDisk: noPlugin,
    portworxVolume: noPlugin,
    quobyte: noPlugin,
    rbd: noPlugin,
    scaleIO: noPlugin,
    storageos: noPlugin,
    vsphereVolume: noPlugin,
  },
  V1EmptyDirVolumeSource: honoured,
  V1HostPathVolumeSource: honoured,
  V1ConfigMapVolumeSource: honoured,
  V1SecretVolumeSource: honoured,
  V1KeyToPath: honoured,
  V1DownwardAPIVolumeSource: honoured,
  V1DownwardAPIVolumeFile: honoured,
  V1ProjectedVolumeSource: honoured,
  V1VolumeProjection: {
    configMap: honoured,
    secret: honoured,
    downwardAPI: honoured,
    serviceAccountToken: noIssuer,
    clusterTrustBundle: noIssuer,
    podCertificate: noIssuer,
  },
  V1ConfigMapProjection: honoured,
  V1SecretProjection: honoured,
  V1DownwardAPIProjection: honoured,
  V1ServiceAccountTokenProjection: noIssuer,
  V1ClusterTrustBundleProjection: noIssuer,
  V1PodCertificateProjection: noIssuer,
  V1ImageVolumeSource: image,

  V1PersistentVolumeClaimVolumeSource: honoured,
  V1EphemeralVolumeSource: honoured,
  V1PersistentVolumeClaimTemplate: {
    metadata: notApplicable('no object is made of the template: nobody could see its labels'),
    spec: honoured,
  },
  V1PersistentVolumeClaimSpec: {
    accessModes: honouredWith('one machine: every mode is given'),
    resources: honoured,
    volumeMode: honouredWith('Filesystem only'),
    storageClassName: oneKind,
    volumeAttributesClassName: oneKind,
    dataSource: ownDirectory,
    dataSourceRef: ownDirectory,
    selector: ownDirectory,
    // An API server writes it into every claim that it has bound, and so it stands in what kubectl prints.
    volumeName: notApplicable('a claim is a directory of its own, whatever volume it was bound to elsewhere'),
  },
  V1VolumeResourceRequirements: {
    requests: honouredWith(unmeasured),
    limits: notApplicable('a directory has no size of its own'),
  },
  V1TypedLocalObjectReference: ownDirectory,
  V1TypedObjectReference: ownDirectory,

  V1GitRepoVolumeSource: gitRepo,
  V1NFSVolumeSource: mountIt,
  V1ISCSIVolumeSource: mountIt,
  V1FCVolumeSource: mountIt,
  V1AWSElasticBlockStoreVolumeSource: noPlugin,
  V1AzureDiskVolumeSource: noPlugin,
  V1AzureFileVolumeSource: noPlugin,
  V1CephFSVolumeSource: noPlugin,
  V1CinderVolumeSource: noPlugin,
  V1CSIVolumeSource: noPlugin,
  V1FlexVolumeSource: noPlugin,
  V1FlockerVolumeSource: noPlugin,
  V1GCEPersistentDiskVolumeSource: noPlugin,
  V1GlusterfsVolumeSource: noPlugin,
  V1PhotonPersistentDiskVolumeSource: noPlugin,
  V1PortworxVolumeSource: noPlugin,
  V1QuobyteVolumeSource: noPlugin,
  V1RBDVolumeSource: noPlugin,
  V1ScaleIOVolumeSource: noPlugin,
  V1StorageOSVolumeSource: noPlugin,
  V1VsphereVirtualDiskVolumeSource: noPlugin,
} as const satisfies Fates;
