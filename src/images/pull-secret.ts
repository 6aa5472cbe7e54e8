/** Registry credentials as a Secret holds them. */
export interface PullSecret {
  readonly type: 'kubernetes.io/dockerconfigjson' | 'kubernetes.io/dockercfg';
  /** The text of the file; never to be shown. */
  readonly text: string;
  /** The Secret's, for messages. */
  readonly name?: string;
}
