import type * as cri from './messages.generated.ts';

/** The CRI calls tinylet makes, with what goes in and what comes out. */
interface RuntimeCalls {
  Version: [cri.VersionRequest, cri.VersionResponse];
  Status: [cri.StatusRequest, cri.StatusResponse];
  RuntimeConfig: [cri.RuntimeConfigRequest, cri.RuntimeConfigResponse];
  ListPodSandbox: [cri.ListPodSandboxRequest, cri.ListPodSandboxResponse];
  ListContainers: [cri.ListContainersRequest, cri.ListContainersResponse];
  PodSandboxStatus: [cri.PodSandboxStatusRequest, cri.PodSandboxStatusResponse];
  ContainerStatus: [cri.ContainerStatusRequest, cri.ContainerStatusResponse];
  RunPodSandbox: [cri.RunPodSandboxRequest, cri.RunPodSandboxResponse];
  StopPodSandbox: [cri.StopPodSandboxRequest, cri.StopPodSandboxResponse];
  RemovePodSandbox: [cri.RemovePodSandboxRequest, cri.RemovePodSandboxResponse];
  CreateContainer: [cri.CreateContainerRequest, cri.CreateContainerResponse];
  StartContainer: [cri.StartContainerRequest, cri.StartContainerResponse];
  StopContainer: [cri.StopContainerRequest, cri.StopContainerResponse];
  RemoveContainer: [cri.RemoveContainerRequest, cri.RemoveContainerResponse];
  ExecSync: [cri.ExecSyncRequest, cri.ExecSyncResponse];
  Exec: [cri.ExecRequest, cri.ExecResponse];
  Attach: [cri.AttachRequest, cri.AttachResponse];
  PortForward: [cri.PortForwardRequest, cri.PortForwardResponse];
  ListContainerStats: [cri.ListContainerStatsRequest, cri.ListContainerStatsResponse];
  ReopenContainerLog: [cri.ReopenContainerLogRequest, cri.ReopenContainerLogResponse];
}

interface ImageCalls {
  ImageStatus: [cri.ImageStatusRequest, cri.ImageStatusResponse];
  ListImages: [cri.ListImagesRequest, cri.ListImagesResponse];
  PullImage: [cri.PullImageRequest, cri.PullImageResponse];
  RemoveImage: [cri.RemoveImageRequest, cri.RemoveImageResponse];
  ImageFsInfo: [cri.ImageFsInfoRequest, cri.ImageFsInfoResponse];
}

export type Calls = RuntimeCalls & ImageCalls;
export type CallName = keyof Calls;
export type RequestOf<C extends CallName> = Calls[C][0];
export type ResponseOf<C extends CallName> = Calls[C][1];

/** Makes one unary call by name. */
export type Invoke = <C extends CallName>(
  call: C,
  request: RequestOf<C>,
  options?: { readonly signal?: AbortSignal },
) => Promise<ResponseOf<C>>;
