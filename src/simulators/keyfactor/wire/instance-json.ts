import { approvalSignal, hasSignalled } from '../engine/apply-signal.js';
import type { Instance, InstanceStatus, Step } from '../engine/model.js';
import { stepNamed } from '../engine/model.js';
import type { World } from '../world/world.js';
import { writeDate } from './dates.js';

/** Numbers for a server that sends integers. The real ones are unpublished; nobody may rely on these. */
const madeUpNumbers: Readonly<Record<InstanceStatus, number>> = {
  Suspended: 0,
  Failed: 2,
  CanceledForRestart: 3,
  Complete: 4,
  Running: 5,
  Rejected: 6,
};

/** Gives the last change of a run as far as the server tells it. */
export function reportedChange(world: World, { id, modifiedAt }: Instance): number | null {
  return world.behaviour().undated.includes(id) ? null : modifiedAt;
}

/** Writes the row of a run in a list. */
export function instanceRow(world: World, instance: Instance): Record<string, unknown> {
  const definition = world.definitions.find(instance.definitionId);
  const step = stepNamed(world.stepsOf(instance), instance.stepName);
  const { dates } = world.behaviour();
  const modifiedAt = reportedChange(world, instance);
  return {
    Id: instance.id,
    Status: writeStatus(world, instance.status),
    CurrentStepId: step?.id,
    StatusMessage: instance.statusMessage,
    Definition: {
      Id: instance.definitionId,
      DisplayName: definition?.displayName ?? null,
      Version: instance.definitionVersion,
      WorkflowType: definition?.workflowType ?? null,
    },
    CurrentStepDisplayName: step?.displayName ?? null,
    CurrentStepUniqueName: instance.stepName,
    Title: instance.title,
    LastModified: modifiedAt === null ? null : writeDate(modifiedAt, dates),
    StartDate: writeDate(instance.startedAt, dates),
    ReferenceId: instance.referenceId,
  };
}

/** Writes a run with its signals and data, which the lists leave out. */
export function instanceDetail(world: World, instance: Instance, caller: string): Record<string, unknown> {
  const step = stepNamed(world.stepsOf(instance), instance.stepName);
  return {
    ...instanceRow(world, instance),
    Signals: instance.status === 'Suspended' && step ? openSignals(world, instance, step, caller) : [],
    InitialData: instance.initialData,
    CurrentStateData: instance.stateData,
  };
}

function openSignals(world: World, instance: Instance, step: Step, caller: string): unknown[] {
  const isReceived =
    world.behaviour().signalReceived === 'caller'
      ? hasSignalled(instance, caller)
      : instance.received.length > 0;
  return [{ SignalName: approvalSignal, StepSignalId: signalId(step), SignalReceived: isReceived }];
}

/** The signal of a step has an id of its own; turning the step's id around gives one that stays the same. */
function signalId(step: Step): string {
  const digits = [...step.id.replaceAll('-', '')].reverse();
  return step.id.replace(/[^-]/g, () => digits.shift() ?? '0');
}

function writeStatus(world: World, status: InstanceStatus): string | number {
  const { statusAs, statusOverride } = world.behaviour();
  return statusOverride[status] ?? (statusAs === 'integer' ? madeUpNumbers[status] : status);
}
