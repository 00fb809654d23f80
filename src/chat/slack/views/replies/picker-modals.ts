import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { TypedValue } from '../../../../domain/command-line.js';
import type { DefinitionRow, Row } from '../../../../domain/reply.js';
import { pickerCallback, pickerFields } from '../../command-ids.js';
import { mrkdwnInk, plainInk } from '../../messages/ink.js';
import { type PickerVerb, pickerWords } from '../../messages/replies/picker-words.js';
import { section } from '../blocks.js';
import { rowOptions } from './row-options.js';

/** Opens at once, while what can be chosen is still being looked for. */
export function waitingPicker(verb: PickerVerb, pickerId: string): ModalView {
  return modal(verb, pickerId, [section([pickerWords.looking])]);
}

/** Asks which run, and for what else the verb needs. Without rows there is nothing to submit. */
export function runPicker(options: {
  readonly verb: PickerVerb;
  readonly pickerId: string;
  /** Absent when they could not be looked for. */
  readonly rows: readonly Row[] | undefined;
  readonly command: string;
}): ModalView {
  const { verb, pickerId, rows, command } = options;
  const choices = rowOptions(rows ?? [], 'modal');
  if (choices.length === 0) {
    const typed = mrkdwnInk.exact(`${command} ${verb} K7F3`);
    const why = rows ? pickerWords.nothing : pickerWords.notLooked;
    return modal(verb, pickerId, [section([`${why} ${pickerWords.canType} ${typed}`])]);
  }
  const blocks = [
    menu({ block: pickerFields.run, label: 'Workflow', options: choices }),
    ...furtherInputs(verb),
  ];
  return modal(verb, pickerId, blocks, pickerWords.submit[verb]);
}

/** Asks which workflow to start, and with which values. */
export function starterPicker(options: {
  readonly pickerId: string;
  readonly rows: readonly DefinitionRow[];
  readonly values: readonly TypedValue[];
}): ModalView {
  const { pickerId, rows, values } = options;
  const which =
    rows.length === 0
      ? textInput({ block: pickerFields.workflow, label: 'Workflow', hint: pickerWords.workflowHint })
      : menu({ block: pickerFields.workflow, label: 'Workflow', options: rows.map(definitionOption) });
  return modal('execute', pickerId, [which, valuesInput(values)], pickerWords.submit.execute);
}

function modal(
  verb: PickerVerb,
  pickerId: string,
  blocks: readonly KnownBlock[],
  submit?: string,
): ModalView {
  return {
    type: 'modal',
    callback_id: pickerCallback,
    private_metadata: pickerId,
    title: { type: 'plain_text', text: pickerWords.title[verb] },
    close: { type: 'plain_text', text: pickerWords.close },
    ...(submit === undefined ? {} : { submit: { type: 'plain_text' as const, text: submit } }),
    blocks: [...blocks],
  };
}

function furtherInputs(verb: PickerVerb): readonly InputBlock[] {
  switch (verb) {
    case 'output':
      return [textInput({ block: pickerFields.name, label: 'Activity', hint: pickerWords.activityHint })];
    case 'variable':
      return [textInput({ block: pickerFields.name, label: 'Variable', hint: pickerWords.variableHint })];
    case 'restart':
      return [
        {
          ...textInput({ block: pickerFields.version, label: 'Version', hint: pickerWords.versionHint }),
          optional: true,
        },
      ];
    default:
      return [];
  }
}

function menu(options: {
  readonly block: string;
  readonly label: string;
  readonly options: readonly PlainTextOption[];
}): InputBlock {
  const { block, label } = options;
  return {
    type: 'input',
    block_id: block,
    label: { type: 'plain_text', text: label },
    element: {
      type: 'static_select',
      action_id: block,
      placeholder: { type: 'plain_text', text: pickerWords.choose },
      options: [...options.options],
    },
  };
}

function textInput(options: {
  readonly block: string;
  readonly label: string;
  readonly hint: string;
}): InputBlock {
  const { block, label, hint } = options;
  return {
    type: 'input',
    block_id: block,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint },
    element: { type: 'plain_text_input', action_id: block, max_length: 200 },
  };
}

function valuesInput(values: readonly TypedValue[]): InputBlock {
  const typed = values.map(({ name, text }) => `${name}=${text}`).join('\n');
  return {
    type: 'input',
    block_id: pickerFields.values,
    optional: true,
    label: { type: 'plain_text', text: 'Values' },
    hint: { type: 'plain_text', text: pickerWords.valuesHint },
    element: {
      type: 'plain_text_input',
      action_id: pickerFields.values,
      multiline: true,
      max_length: 3000,
      ...(typed === '' || typed.length > 3000 ? {} : { initial_value: typed }),
    },
  };
}

/** A name may be longer than what an option can carry, so it carries the place in the list. */
function definitionOption({ definition, label }: DefinitionRow, index: number): PlainTextOption {
  const system = ` — ${plainInk.words(label, 25)}`;
  const text = `${plainInk.words(definition.name, 75 - system.length)}${system}`;
  return { text: { type: 'plain_text', text, emoji: false }, value: String(index) };
}
