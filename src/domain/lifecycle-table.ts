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

/** For every state, which events it takes, and the states each may lead to. */
export type Transitions<State extends string, Event extends string> = {
  readonly [from in State]: { readonly [event in Event]?: readonly State[] };
};

/** Makes the readable table of a life from what its module goes by. */
export function lifecycleTable<State extends string, Event extends string>(
  name: string,
  life: {
    readonly promises: Readonly<Record<State, string>>;
    readonly meanings: Readonly<Record<Event, string>>;
    readonly transitions: Transitions<State, Event>;
  },
): LifecycleTable {
  const { promises, meanings, transitions } = life;
  return {
    name,
    states: pairsOf<string>(promises).map(([kind, promise]) => ({ kind, promise })),
    events: pairsOf<string>(meanings).map(([kind, meaning]) => ({ kind, meaning })),
    transitions: pairsOf<Readonly<Record<string, readonly string[] | undefined>>>(transitions).flatMap(
      ([from, events]) => pairsOf(events).map(([event, to = []]) => ({ from, event, to })),
    ),
  };
}

function pairsOf<T>(group: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(group);
}
