import type { DataBag, Step } from './model.js';

/** What a test or the demo says about one step; everything left out gets a plausible value. */
export interface StepSketch {
  /** Step extension, for instance `RequireApproval`, `Email` or `EnrollStep`. */
  readonly extensionName: string;
  readonly uniqueName: string;
  readonly displayName?: string;
  readonly roles?: readonly string[];
  readonly roleTokens?: readonly string[];
  readonly minimumApprovals?: number;
  readonly configuration?: DataBag;
  readonly conditions?: readonly string[];
  readonly enabled?: boolean;
  readonly pauses?: boolean;
  /** Makes every run fail here, with this message. */
  readonly failsWith?: string;
}

/**
 * Builds the graph of one definition version from its working steps in order.
 *
 * Start and end nodes are added as the portal does, and the array comes out in an order that says nothing
 * about execution, so that a reader has to follow the edges.
 */
export function buildSteps(sketches: readonly StepSketch[], newId: () => string): readonly Step[] {
  const ends = (uniqueName: string): StepSketch => ({ extensionName: 'NOOPStep', uniqueName });
  const all = [ends('StartNOOP'), ...sketches, ends('EndNOOP')];
  const steps = all.map((sketch, index) => toStep(sketch, all[index + 1]?.uniqueName, newId));
  const [start, end] = [steps.slice(0, 1), steps.slice(-1)];
  return [...end, ...steps.slice(1, -1).reverse(), ...start];
}

function toStep(sketch: StepSketch, next: string | undefined, newId: () => string): Step {
  const asksPeople = sketch.extensionName === 'RequireApproval';
  return {
    id: newId(),
    uniqueName: sketch.uniqueName,
    displayName: sketch.displayName ?? sketch.uniqueName,
    extensionName: sketch.extensionName,
    enabled: sketch.enabled ?? true,
    configuration: sketch.configuration ?? {},
    conditions: (sketch.conditions ?? []).map((value) => ({ id: newId(), value })),
    outputs: next === undefined ? {} : { continue: next },
    approval: asksPeople
      ? {
          roles: sketch.roles ?? [],
          roleTokens: sketch.roleTokens ?? [],
          minimumApprovals: sketch.minimumApprovals ?? 1,
        }
      : null,
    pauses: sketch.pauses ?? false,
    failsWith: sketch.failsWith ?? null,
  };
}
