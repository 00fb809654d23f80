/** A life as a table that people can read: its states, what may happen, and what each event leads to. */
export interface LifecycleTable {
  readonly name: string;
  /** Every state, and what it promises to people. */
  readonly states: readonly { readonly kind: string; readonly promise: string }[];
  /** Every event, and what it means. */
  readonly events: readonly { readonly kind: string; readonly meaning: string }[];
  /** What is not listed does not happen: such an event leaves everything as it is. */
  readonly transitions: readonly {
    readonly from: string;
    readonly event: string;
    readonly to: readonly string[];
    readonly note?: string;
  }[];
}
