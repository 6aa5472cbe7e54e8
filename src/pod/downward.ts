/** What a pod may learn of itself: a field of its own, or a resource of one of its containers. */
export type DownwardRef =
  | { readonly kind: 'fieldRef'; readonly fieldPath: string }
  | {
      readonly kind: 'resourceFieldRef';
      /** In env the container itself where absent; in volumes always given. */
      readonly containerName?: string;
      /** As in core/v1: `limits.cpu`, `requests.memory`, … */
      readonly resource: string;
      /** A quantity; absent is 1. */
      readonly divisor?: string;
    };
