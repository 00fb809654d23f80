import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { TypedValue } from '../../../../domain/command-line.js';
import type { StartOption } from '../../../../domain/reply.js';
import { pickerFields, valueField } from '../../command-ids.js';
import { mrkdwnFormatter, plainFormatter } from '../../messages/ink.js';
import { notOneText, pickerText, type TypedWorkflow } from '../../messages/replies/picker-words.js';
import { context, section } from '../blocks.js';
import { pickerModal } from './picker-modals.js';
import { valueInput } from './value-input.js';

/** A menu may be longer, but a modal may not be larger than 250 kB. */
const mostOptions = 500;
const mostGroups = 100;
const mostInGroup = 100;
/** A modal may have 100 blocks. */
const mostValues = 90;

/** Asks which workflow to start; once one is chosen, with which values. Without any there is nothing to submit. */
export function startModal(choice: {
  readonly pickerId: string;
  /** Absent when they could not be looked for. */
  readonly options: readonly StartOption[] | undefined;
  /** What was typed after the verb, which the fields begin with. */
  readonly values: readonly TypedValue[];
  readonly command: string;
  /** A name that was typed and leaves open which one is meant. */
  readonly typed?: TypedWorkflow;
  /** Place of the chosen one among the options. */
  readonly chosen?: number;
}): ModalView {
  const { pickerId, options, values, command, typed, chosen } = choice;
  if (!options?.length) {
    const why = options ? [pickerText.nothingToStart] : [pickerText.notSearched, typeIt(command)];
    return pickerModal({ verb: 'execute', pickerId, blocks: [section([why.join(' ')])] });
  }
  const option = chosen === undefined ? undefined : options[chosen];
  const blocks = [
    ...(typed ? [section([notOneText(typed)])] : []),
    workflowMenu(options, chosen),
    ...(option && chosen !== undefined ? valueBlocks(option, { chosen, values, command }) : []),
  ];
  return pickerModal({ verb: 'execute', pickerId, blocks, submit: pickerText.submit.execute });
}

function typeIt(command: string): string {
  return `${pickerText.canType} ${mrkdwnFormatter.exact(`${command} execute "Leave request" days=3`)}`;
}

function valueBlocks(
  { startable: { variables } }: StartOption,
  {
    chosen,
    values,
    command,
  }: { readonly chosen: number; readonly values: readonly TypedValue[]; readonly command: string },
): readonly KnownBlock[] {
  if (variables.length === 0) return [context([pickerText.noValues])];
  if (variables.length > mostValues) return [section([`${pickerText.tooManyValues} ${typeIt(command)}`])];
  return variables.map((spec, index) => valueInput(spec, { block: valueField(chosen, index), values }));
}

/** Choosing is told at once, so that the fields of the chosen one can be shown. */
function workflowMenu(options: readonly StartOption[], chosen: number | undefined): InputBlock {
  const all = options.slice(0, mostOptions).map((option, index) => toOption(option, index));
  const labels = [...new Set(options.map(({ label }) => label))].slice(0, mostGroups);
  const groups = labels.map((label) => ({
    label: { type: 'plain_text' as const, text: plainFormatter.text(label, 75), emoji: false },
    options: all.filter((_one, index) => options[index]?.label === label).slice(0, mostInGroup),
  }));
  const shown = groups.filter((group) => group.options.length > 0);
  const initial = shown.flatMap((group) => group.options).find(({ value }) => value === String(chosen));
  return {
    type: 'input',
    block_id: pickerFields.workflow,
    dispatch_action: true,
    label: { type: 'plain_text', text: 'Workflow' },
    element: {
      type: 'static_select',
      action_id: pickerFields.workflow,
      placeholder: { type: 'plain_text', text: pickerText.choose },
      option_groups: shown,
      ...(initial ? { initial_option: initial } : {}),
    },
  };
}

/** A name may be longer than what an option can carry, so it carries the place in the list. */
function toOption(
  { startable: { definition, title = definition } }: StartOption,
  index: number,
): PlainTextOption {
  return {
    text: { type: 'plain_text', text: plainFormatter.text(title, 75), emoji: false },
    ...(title === definition
      ? {}
      : { description: { type: 'plain_text', text: plainFormatter.text(definition, 75), emoji: false } }),
    value: String(index),
  };
}
