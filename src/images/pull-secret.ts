/** Registry credentials as a Secret holds them, or why a Secret that was named gives none. */
export type PullSecret = {
  /** The Secret's, for messages. */
  readonly name: string;
} & (
  | {
      readonly type: 'kubernetes.io/dockerconfigjson' | 'kubernetes.io/dockercfg';
      /** The text of the file; never to be shown. */
      readonly text: string;
    }
  | { readonly problem: string }
);
