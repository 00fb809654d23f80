import { isSamePerson } from '../../../../domain/person.js';
import { pickerFields } from '../../command-ids.js';
import { commandMessages } from '../../messages/replies/command-remarks.js';
import { replyToLine } from '../answer-line.js';
import { type PickerSubmission, readPickerSubmission } from '../command-payloads.js';
import type { CommandHandlerContext } from '../commanding.js';
import { withRun } from '../with-run.js';
import type { Complaints } from './complaints.js';
import { type Completed, completeStart } from './complete-start.js';
import type { Picker } from './picker-memory.js';

/** Acknowledges a submission: the modal closes, or stays with complaints under its blocks. */
export type AckPicker = (complaints?: Complaints) => Promise<void>;

/** Handles a submitted picker: the line it completes is run; what changes something is only proposed. */
export async function handlePicker(
  commandContext: CommandHandlerContext,
  body: unknown,
  ack: AckPicker,
): Promise<void> {
  const submission = readPickerSubmission(body);
  if (!submission) return ack();
  const picker = await commandContext.pickers.get(submission.pickerId);
  if (!picker || !isSamePerson(picker.asker.person, submission.person)) {
    return ack({ [submission.someBlock]: commandMessages.oldWindow });
  }
  const completed = complete(picker, submission);
  if (completed.kind === 'complaints') return ack(completed.complaints);
  await ack();
  await replyToLine(commandContext, completed.line, picker.asker);
}

function complete(picker: Picker, submission: PickerSubmission): Completed {
  return picker.kind === 'run' ? completeRun(picker, submission) : completeStart(picker, submission);
}

function completeRun({ line }: Extract<Picker, { kind: 'run' }>, { given }: PickerSubmission): Completed {
  const ref = given(pickerFields.run);
  if (ref === '') return complaint(pickerFields.run, commandMessages.nothingChosen);
  const name = given(pickerFields.name).trim();
  const version = given(pickerFields.version).trim();
  if (line.verb === 'output' || line.verb === 'variable') {
    if (name === '') return complaint(pickerFields.name, commandMessages.nothingTyped);
    return { kind: 'line', line: { ...line, ref, name } };
  }
  if (line.verb !== 'restart' || version === '') return { kind: 'line', line: withRun(line, ref) };
  const number = /^v?(\d{1,6})$/i.exec(version)?.[1];
  return number === undefined
    ? complaint(pickerFields.version, commandMessages.noVersion)
    : { kind: 'line', line: { ...line, ref, version: Number(number) } };
}

function complaint(block: string, text: string): Completed {
  return { kind: 'complaints', complaints: { [block]: text } };
}
