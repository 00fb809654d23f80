import type { CommandLine, TypedValue } from '../../../../domain/command-line.js';
import { isSamePerson } from '../../../../domain/person.js';
import { pickerFields } from '../../command-ids.js';
import { commandRemarks, notAValueText } from '../../messages/replies/command-remarks.js';
import { answerLine } from '../answer-line.js';
import { type PickerSubmission, readPickerSubmission } from '../command-payloads.js';
import type { Commanding } from '../commanding.js';
import { withRun } from '../with-run.js';
import type { Picker } from './picker-memory.js';
import { readValues } from './read-values.js';

/** Acknowledges a submission: the modal closes, or stays with a complaint under one of its blocks. */
export type AckPicker = (complaint?: Complaint) => Promise<void>;

/** What is wrong, and where. */
export interface Complaint {
  readonly block: string;
  readonly text: string;
}

/** Handles a submitted picker: the line it completes is run; what changes something is only proposed. */
export async function handlePicker(commanding: Commanding, body: unknown, ack: AckPicker): Promise<void> {
  const submission = readPickerSubmission(body);
  if (!submission) return ack();
  const picker = commanding.pickers.get(submission.pickerId);
  if (!picker || !isSamePerson(picker.asker.person, submission.person)) {
    return ack({ block: submission.someBlock, text: commandRemarks.oldWindow });
  }
  const completed = complete(picker, submission);
  if (completed.kind === 'complaint') return ack(completed.complaint);
  await ack();
  commanding.pickers.forget(submission.pickerId);
  await answerLine(commanding, completed.line, picker.asker);
}

type Completed =
  | { readonly kind: 'line'; readonly line: CommandLine }
  | { readonly kind: 'complaint'; readonly complaint: Complaint };

function complete(picker: Picker, submission: PickerSubmission): Completed {
  return picker.kind === 'run' ? completeRun(picker, submission) : completeStart(picker, submission);
}

function completeRun({ line }: Extract<Picker, { kind: 'run' }>, { given }: PickerSubmission): Completed {
  const ref = given(pickerFields.run);
  if (ref === '') return complaint(pickerFields.run, commandRemarks.nothingChosen);
  const name = given(pickerFields.name).trim();
  const version = given(pickerFields.version).trim();
  if (line.verb === 'output' || line.verb === 'variable') {
    if (name === '') return complaint(pickerFields.name, commandRemarks.nothingTyped);
    return { kind: 'line', line: { ...line, ref, name } };
  }
  if (line.verb !== 'restart' || version === '') return { kind: 'line', line: withRun(line, ref) };
  const number = /^v?(\d{1,6})$/i.exec(version)?.[1];
  return number === undefined
    ? complaint(pickerFields.version, commandRemarks.noVersion)
    : { kind: 'line', line: { ...line, ref, version: Number(number) } };
}

function completeStart(
  { names }: Extract<Picker, { kind: 'start' }>,
  { given }: PickerSubmission,
): Completed {
  const chosen = given(pickerFields.workflow).trim();
  const workflow = names.length === 0 ? chosen : names[Number(chosen)];
  if (chosen === '' || workflow === undefined) {
    return complaint(pickerFields.workflow, commandRemarks.nothingChosen);
  }
  const read = readValues(given(pickerFields.values));
  if (read.kind === 'odd-line') return complaint(pickerFields.values, notAValueText(read.line));
  const values: readonly TypedValue[] = read.values;
  return { kind: 'line', line: { verb: 'execute', workflow, values } };
}

function complaint(block: string, text: string): Completed {
  return { kind: 'complaint', complaint: { block, text } };
}
