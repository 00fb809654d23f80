/** One activity of a workflow, linked to what follows. */
export interface Activity {
  readonly name: string;
  /** A human activity sleeps until somebody answers; an automatic one is over at once. */
  readonly kind: 'automatic' | 'human';
  /** Labels of the links that leave it. */
  readonly outputs: readonly string[];
  /** Activity per output; null ends the execution. */
  readonly links: ReadonlyMap<string, string | null>;
  /** Who gets a work item. */
  readonly actors: readonly string[] | 'initiator';
}

/** What a test or the demo says about a new activity. */
export interface ActivitySketch {
  readonly name: string;
  /** Human unless told. */
  readonly kind?: Activity['kind'];
  /** `Approved` and `Rejected` for a human activity unless told; an automatic one takes the first. */
  readonly outputs?: readonly string[];
  /** Where an output leads if not to the next activity in the list; null ends the execution. */
  readonly links?: Readonly<Record<string, string | null>>;
  readonly actors?: Activity['actors'];
}

/** Links activities in the order of the list; a link that leads nowhere is a mistake of the test and throws. */
export function buildActivities(sketches: readonly ActivitySketch[]): readonly Activity[] {
  const names = new Set(sketches.map(({ name }) => name));
  if (names.size !== sketches.length) throw new Error('Two activities have the same name.');
  return sketches.map((sketch, index) => {
    const kind = sketch.kind ?? 'human';
    const outputs = sketch.outputs ?? (kind === 'human' ? ['Approved', 'Rejected'] : ['Completed']);
    const following = sketches[index + 1]?.name ?? null;
    const links = new Map(outputs.map((output) => [output, following]));
    for (const [output, target] of Object.entries(sketch.links ?? {})) {
      const isSound = links.has(output) && (target === null || names.has(target));
      if (!isSound) throw new Error(`Activity ${sketch.name} has a loose link: ${output} to ${target}.`);
      links.set(output, target);
    }
    return { name: sketch.name, kind, outputs, links, actors: sketch.actors ?? [] };
  });
}
