import type { ActionsBlock, Button, InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Card } from '../../domain/card.js';
import { readValue, startInputs, type VariableSpec } from '../../domain/change.js';
import {
  type ModalVerb,
  modalOf,
  type RunLine,
  statusVerbs,
  type TypedValue,
} from '../../domain/commands.js';
import { commonNames } from '../../domain/findings.js';
import type { ApprovalRow, Row, StartOption, StatusReport } from '../../domain/reply.js';
import { assertNever, defined } from '../../shared/language.js';
import { cutText } from '../../shared/text.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import {
  buttonText,
  type Formatter,
  finished,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  systemOf,
} from '../format.js';
import {
  actionId,
  callbackIds,
  maxValueLength,
  pickerFields,
  valueField,
  writeChoiceBlock,
  writeHistoryPlace,
  writeListPlace,
  writeRevised,
} from '../ids.js';
import { bulkText } from '../text/home.js';
import {
  ambiguousHead,
  defaultHint,
  mostChoices,
  notOneText,
  pickerText,
  replyLines,
  type TypedWorkflow,
} from '../text/reply.js';
import { cancelText, changeText, type Proposal } from '../text/reply-changes.js';
import {
  type ApprovalList,
  approvalRowLines,
  approvalsFoot,
  approvalsHead,
  listGroups,
} from '../text/reply-queries.js';
import {
  actions,
  button,
  context,
  type Message,
  plainForm,
  plainText,
  preformatted,
  type Rendered,
  realForm,
  section,
  sections,
} from './blocks.js';
import { cardButtonActions, evidenceButton, isLink } from './card.js';
import { linkActions } from './notice.js';
import { reportMessage } from './report.js';

/** Shows an answer to a command as a message for one person's eyes. */
export function replyMessage(reply: Reply, options: ReplyRenderOptions): Rendered {
  return realForm(messageOf(reply, options));
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real answer. */
export function plainReply(reply: Reply, options: ReplyRenderOptions): Rendered {
  return plainForm(messageOf(reply, options));
}

/** Shows what would be canceled, to be confirmed, or why nothing is; absent while that is looked for. */
export function cancelModal(reply: Reply | undefined, options: ReplyRenderOptions): ModalView {
  const renderContext = { ...options, formatter: mrkdwnFormatter };
  const lines = reply ? replyLines(reply, renderContext).slice(0, maxLines) : [cancelText.searching];
  const isProposal = reply?.kind === 'proposal';
  return {
    type: 'modal',
    callback_id: callbackIds.cancel,
    ...(isProposal
      ? {
          private_metadata: reply.record.id,
          submit: { type: 'plain_text', text: cancelText.submit } as const,
        }
      : {}),
    title: { type: 'plain_text', text: cancelText.title },
    close: { type: 'plain_text', text: cancelText.close },
    blocks: [...sections(lines)],
  };
}

/** Says above the details what becomes of sending evidence; without a reply, that it is under way. */
export function evidenceModal(reply: Reply | undefined, options: ReplyRenderOptions): ModalView {
  const renderContext = { ...options, formatter: mrkdwnFormatter };
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Evidence' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...sections(reply ? replyLines(reply, renderContext).slice(0, maxLines) : ['Collecting…'])],
  };
}

/** What an answer is written with besides what it says. */
interface ReplyRenderOptions extends Omit<RenderContext, 'formatter'> {
  /** Under which the line is remembered that an ambiguous answer is about; without it nothing can be chosen. */
  readonly choiceId?: string;
  /** Whether a report may have charts; it has none unless told. */
  readonly canChart?: boolean;
}

function messageOf(reply: Reply, options: ReplyRenderOptions): Message {
  if (reply.kind === 'report')
    return reportMessage(reply.report, { ...options, canChart: options.canChart === true });
  const buttons = replyActions(reply, options);
  return {
    lines: (formatter: Formatter) => replyLines(reply, { ...options, formatter }),
    blocks: (formatter: Formatter) => [...replyBlocks(reply, options, formatter), ...buttons],
    buttons,
  };
}

/** Lines beside the buttons; what is longer than this is cut, and the list says so by `…`. */
const maxLines = 140;

function replyBlocks(reply: Reply, options: ReplyRenderOptions, formatter: Formatter): readonly KnownBlock[] {
  const renderContext = { ...options, formatter };
  if (reply.kind === 'value' && reply.text !== undefined && reply.text.trim() !== '') {
    const [head = ''] = replyLines(reply, renderContext);
    return [section([head]), preformatted(reply.text)];
  }
  if (reply.kind === 'list') return listGroups(reply, renderContext).map((group) => section(group));
  if (reply.kind === 'approvals') return approvalBlocks(reply, renderContext);
  const lines =
    reply.kind === 'ambiguous' && options.choiceId !== undefined
      ? ambiguousHead(reply, renderContext)
      : replyLines(reply, renderContext);
  return sections(lines.slice(0, maxLines));
}

/** Shows what waits for somebody's decision, with buttons at each that lead to the same modals as its card. */
function approvalBlocks(list: ApprovalList, renderContext: RenderContext): readonly KnownBlock[] {
  const foot = approvalsFoot(list);
  return [
    section([approvalsHead(list, renderContext)]),
    ...list.rows.flatMap((row, index) => [
      section(approvalRowLines(row, renderContext)),
      ...rowActions(row, { blockId: `command.approval.${list.page}.${index}`, renderContext }),
    ]),
    ...(foot.length > 0 ? [context(foot)] : []),
  ];
}

/** The answers a person can give here; where a workflow offers many, its card has them all. */
const mostButtons = 3;

function rowActions(
  { card }: ApprovalRow,
  { blockId, renderContext }: { readonly blockId: string; readonly renderContext: RenderContext },
): readonly KnownBlock[] {
  return row(blockId, decisionButtons(card, 'command', renderContext));
}

/** Makes what can be clicked beside an approval in a list; nothing decides without a window. */
export function decisionButtons(
  card: Card,
  on: 'command' | 'home',
  options: Omit<RenderContext, 'formatter'>,
): readonly Button[] {
  const renderContext = { ...options, formatter: plainFormatter };
  const { approval } = card;
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  if (!isValue(value)) return [];
  const offered = cardButtonActions(card, renderContext).flatMap(({ kind, ...rest }) =>
    kind === 'approve' || kind === 'deny' || kind === 'details' ? [{ what: kind, ...rest }] : [],
  );
  const decisions = offered.filter(({ what }) => what !== 'details');
  const shown = decisions.length > mostButtons ? offered.filter(({ what }) => what === 'details') : offered;
  const buttons = shown.map(({ what, output, style, text }) => {
    // An answer opens a window first, which three dots say.
    const label = what === 'details' ? text : `${plainFormatter.text(text, 74)}…`;
    return button(actionId(on, `decide.${what}`, output), label, { value, style });
  });
  return buttons.length === 0 ? [] : [...buttons, ...portalButton(card, on, renderContext)];
}

/** Where no answer can be sent from here, people decide in the system's own inbox. */
function portalButton(card: Card, on: 'command' | 'home', renderContext: RenderContext): readonly Button[] {
  const { approval, link, actions: offered } = card;
  const canDecide = offered.some((action) => action === 'approve' || action === 'deny');
  if (canDecide) return [];
  return openButton(link, systemOf(approval, renderContext), on);
}

function openButton(
  link: string | undefined,
  label: string,
  on: 'command' | 'home' = 'command',
): readonly Button[] {
  if (!isLink(link)) return [];
  const text = buttonText('open', plainFormatter.text(label, 60));
  return [button(actionId(on, 'open'), text, { url: link })];
}

/** Makes what can be pressed under an answer; nothing where there is nothing to press. */
function replyActions(reply: Reply, options: ReplyRenderOptions): readonly ActionsBlock[] {
  switch (reply.kind) {
    case 'status':
      return row('command.status', proposeButtons(reply.status));
    case 'list':
      return row(
        `command.list.${reply.page}`,
        pageButtons(reply, 'page', (page) => writeListPlace({ ...reply, page })),
      );
    case 'approvals':
      return row(`command.approvals.${reply.page}`, [
        ...(reply.isBulkOffered ? [button(actionId('command', 'approvals-several'), bulkText.open)] : []),
        ...pageButtons(reply, 'approvals', String),
      ]);
    case 'history':
      return row(
        `command.history.${reply.page}`,
        pageButtons(reply, 'history', (page) => writeHistoryPlace(reply.code, page)),
      );
    case 'evidence':
      return row('command.evidence', reply.sending === 'possible' ? [evidenceButton(reply.code)] : []);
    case 'proposal':
      return row('command.proposal', confirmButtons(reply));
    case 'ambiguous':
      return choice(reply, options);
    case 'link':
      return linkActions(reply.requestId, options);
    default:
      return [];
  }
}

function row(blockId: string, buttons: readonly Button[]): readonly ActionsBlock[] {
  return buttons.length === 0 ? [] : [actions(blockId, buttons)];
}

/** Buttons under a status change nothing: each leads to a proposal. */
function proposeButtons({ allowed, code, link, label }: StatusReport): readonly Button[] {
  const open = openButton(link, label);
  if (!isValue(code)) return open;
  const proposals = statusVerbs
    .filter((verb) => allowed.includes(verb))
    .map((verb) =>
      button(actionId('command', `propose.${verb}`), `${changeText[verb].act}…`, { value: code }),
    );
  return [...proposals, ...open];
}

/** A page whose place is too long for a button cannot be turned to. */
function pageButtons(
  { page, hasMore }: { readonly page: number; readonly hasMore: boolean },
  what: 'page' | 'approvals' | 'history',
  placeOf: (page: number) => string | undefined,
): readonly Button[] {
  const to = (where: 'before' | 'after', text: string, at: number): readonly Button[] => {
    const value = placeOf(at);
    return value === undefined ? [] : [button(actionId('command', `${what}-${where}`), text, { value })];
  };
  return [
    ...(page > 1 ? to('before', 'Previous page', page - 1) : []),
    ...(hasMore ? to('after', 'Next page', page + 1) : []),
  ];
}

function confirmButtons({ record: { id, change }, isAllowed }: Proposal): readonly Button[] {
  if (!isValue(id)) return [];
  const { act, isGrave } = changeText[change.kind];
  const isCancel = change.kind === 'cancel';
  const text = isAllowed ? (isCancel ? cancelText.submit : act) : 'Try anyway';
  const style = isGrave ? 'danger' : 'primary';
  return [
    button(actionId('command', 'confirm'), text, { style, value: id }),
    button(actionId('command', 'cancel'), isCancel ? 'Keep it' : 'Cancel', { value: id }),
  ];
}

function choice(
  { rows }: Extract<Reply, { kind: 'ambiguous' }>,
  { choiceId }: ReplyRenderOptions,
): readonly ActionsBlock[] {
  const options = rowOptions(rows, 'message');
  if (choiceId === undefined || options.length === 0) return [];
  return [
    actions(writeChoiceBlock(choiceId), [
      {
        type: 'static_select',
        action_id: actionId('command', 'choose'),
        placeholder: { type: 'plain_text', text: 'Choose a workflow' },
        options: [...options],
      },
    ]),
  ];
}

function isValue(value: string): boolean {
  return value.length > 0 && value.length <= maxValueLength;
}

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
  return pickerModal({ verb: 'execute', pickerId, blocks, submit: modalOf('execute').submit });
}

function typeIt(command: string): string {
  return `${pickerText.canType} ${mrkdwnFormatter.exact(`${command} execute "Leave request" days=3`)}`;
}

function valueBlocks(
  { startable }: StartOption,
  {
    chosen,
    values,
    command,
  }: { readonly chosen: number; readonly values: readonly TypedValue[]; readonly command: string },
): readonly KnownBlock[] {
  const fields = startInputs(startable);
  if (fields.length > mostValues) return [section([`${pickerText.tooManyValues} ${typeIt(command)}`])];
  const inputs = fields.map(({ typedAs, spec }, index) => {
    const typed = values.find(({ name }) => name.toLowerCase() === typedAs.toLowerCase())?.text;
    return valueInput(spec, { block: valueField(chosen, index), typed });
  });
  return startable.variables.length === 0 ? [context([pickerText.noValues]), ...inputs] : inputs;
}

/** Choosing is told at once, so that the fields of the chosen one can be shown. */
function workflowMenu(options: readonly StartOption[], chosen: number | undefined): InputBlock {
  const all = options.slice(0, mostOptions).map((option, index) => toOption(option, index));
  const labels = [...new Set(options.map(({ label }) => label))].slice(0, mostGroups);
  const groups = labels.map((label) => ({
    label: plainText(label),
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
      ...defined({ initial_option: initial }),
    },
  };
}

/** A name may be longer than what an option can carry, so it carries the place in the list. */
function toOption(
  { startable: { definition, title = definition } }: StartOption,
  index: number,
): PlainTextOption {
  return {
    text: plainText(title),
    ...(title === definition ? {} : { description: plainText(definition) }),
    value: String(index),
  };
}

/** Opens at once, while what can be chosen is still being looked for. */
export function waitingPicker(verb: ModalVerb, pickerId: string): ModalView {
  return pickerModal({ verb, pickerId, blocks: [section([pickerText.searching])] });
}

/** Asks which run, unless it was typed, and for what else the verb needs. Without either there is nothing to submit. */
export function runPicker(options: {
  /** What was typed, which the fields begin with. */
  readonly line: RunLine;
  readonly pickerId: string;
  /** Absent when they could not be looked for. */
  readonly rows: readonly Row[] | undefined;
  readonly command: string;
}): ModalView {
  const { line, pickerId, rows, command } = options;
  const { verb, ref } = line;
  const submit = modalOf(verb).submit;
  if (ref !== undefined) {
    const about = section([`Workflow ${mrkdwnFormatter.exact(ref, 200)}`]);
    return pickerModal({ verb, pickerId, blocks: [about, ...furtherInputs(line)], submit });
  }
  const choices = rowOptions(rows ?? [], 'modal');
  if (choices.length === 0) {
    const typed = mrkdwnFormatter.exact(`${command} ${verb} K7F3`);
    const why = rows ? pickerText.nothing : pickerText.notSearched;
    return pickerModal({ verb, pickerId, blocks: [section([`${why} ${pickerText.canType} ${typed}`])] });
  }
  const blocks = [runMenu(choices), ...furtherInputs(line)];
  return pickerModal({ verb, pickerId, blocks, submit });
}

/** Makes a modal of a command; without a word for it there is nothing to submit. */
function pickerModal(options: {
  readonly verb: ModalVerb;
  readonly pickerId: string;
  readonly blocks: readonly KnownBlock[];
  readonly submit?: string;
}): ModalView {
  const { verb, pickerId, blocks, submit } = options;
  return {
    type: 'modal',
    callback_id: callbackIds.picker,
    private_metadata: pickerId,
    title: { type: 'plain_text', text: modalOf(verb).title },
    close: { type: 'plain_text', text: pickerText.close },
    ...(submit === undefined ? {} : { submit: { type: 'plain_text' as const, text: submit } }),
    blocks: [...blocks],
  };
}

function furtherInputs(line: RunLine): readonly InputBlock[] {
  switch (line.verb) {
    case 'output':
      return [textInput(pickerFields.name, 'Activity', pickerText.activityHint, line.name)];
    case 'variable':
      return [textInput(pickerFields.name, 'Variable', pickerText.variableHint, line.name)];
    case 'alert':
      return [
        textInput(pickerFields.activityId, 'Activity ID', pickerText.activityIdHint, line.activityId),
        textInput(pickerFields.output, 'Output', pickerText.outputHint, line.output),
      ];
    case 'restart':
      return [
        {
          ...textInput(pickerFields.version, 'Version', pickerText.versionHint),
          optional: true,
        },
      ];
    default:
      return [];
  }
}

function runMenu(options: readonly PlainTextOption[]): InputBlock {
  return {
    type: 'input',
    block_id: pickerFields.run,
    label: { type: 'plain_text', text: 'Workflow' },
    element: {
      type: 'static_select',
      action_id: pickerFields.run,
      placeholder: { type: 'plain_text', text: pickerText.choose },
      options: [...options],
    },
  };
}

function textInput(block: string, label: string, hint: string, typed?: string): InputBlock {
  return {
    type: 'input',
    block_id: block,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint },
    element: {
      type: 'plain_text_input',
      action_id: block,
      max_length: 200,
      ...defined({ initial_value: typed?.slice(0, 200) }),
    },
  };
}

/** Slack takes so many options in one menu. */
const mostRows = { modal: 100, message: mostChoices } as const;

const maxOptionLength = 75;

/** Makes a menu of runs: what each is about and its code; then how it stands, since when, where, and who asked. */
function rowOptions(rows: readonly Row[], place: 'modal' | 'message'): readonly PlainTextOption[] {
  const known = rows.filter(
    ({ code }, index) =>
      /^[\w-]{1,40}$/.test(code) && rows.findIndex((other) => other.code === code) === index,
  );
  return known.slice(0, mostRows[place]).map((row) => ({
    text: { type: 'plain_text', text: optionText(row), emoji: false },
    description: { type: 'plain_text', text: optionDescription(row), emoji: false },
    value: row.code,
  }));
}

function optionText({ code, instance }: Row): string {
  const { facts, title } = instance;
  const [common = facts.names[0]] = commonNames(facts.subject);
  const about = common ?? facts.subject ?? facts.revocation?.serialNumber ?? title;
  const rest = ` — ${plainFormatter.text(code, 20)}`;
  return `${cutText(finished(plainFormatter.text(about, 500)).replace(/[.\s]+$/, ''), maxOptionLength - rest.length)}${finished(rest)}`;
}

function optionDescription({ instance, label }: Row): string {
  const { status, step, startedAtMs, facts } = instance;
  const parts = [
    status.kind === 'suspended' ? 'waiting' : status.raw,
    step?.name || step?.uniqueName,
    startedAtMs === undefined ? undefined : timeText(startedAtMs),
    label,
    facts.requesters[0],
  ];
  const said = parts.flatMap((part) => (part ? [finished(plainFormatter.text(part, 40))] : []));
  return cutText(said.join(' · '), maxOptionLength) || '—';
}

/** A menu knows no times of the reader's own. */
function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What stands in a field from the beginning may be no longer, so that a modal with many stays small. */
const mostPrefilled = 1_000;

const mostDigits = 100;

/** Asks for one value with a field that fits its kind; it begins with what was typed, or the workflow's own value. */
function valueInput(
  spec: VariableSpec,
  { block, typed }: { readonly block: string; readonly typed: string | undefined },
): InputBlock {
  const { name, type, isRequired, default: own } = spec;
  const first = readValue(typed ?? own ?? '', type) ?? readValue(own ?? '', type) ?? '';
  return {
    type: 'input',
    block_id: block,
    // What the workflow has a value of its own for need not be given.
    optional: !isRequired || own !== undefined,
    label: plainText(name, 150),
    ...(own === undefined || own.trim() === '' ? {} : { hint: plainText(defaultHint(own), 150) }),
    element: elementFor(spec, { actionId: block, first: first.length > mostPrefilled ? '' : first }),
  };
}

function elementFor(
  { type }: VariableSpec,
  { actionId, first }: { readonly actionId: string; readonly first: string },
): InputBlock['element'] {
  const named = { action_id: actionId };
  const prefilled = first === '' ? {} : { initial_value: first };
  switch (type) {
    case 'string':
    case 'actor':
      return { type: 'plain_text_input', ...named, max_length: 3000, ...prefilled };
    case 'xml':
    case 'object':
    case 'array':
      return { type: 'plain_text_input', ...named, multiline: true, max_length: 3000, ...prefilled };
    case 'float':
      // The field for numbers takes no exponent.
      return { type: 'plain_text_input', ...named, max_length: mostDigits, ...prefilled };
    case 'number':
    case 'decimal':
      return {
        type: 'number_input',
        ...named,
        is_decimal_allowed: true,
        ...(first.length > mostDigits ? {} : prefilled),
      };
    case 'boolean':
      return yesOrNo(actionId, first);
    case 'date':
      return { type: 'datepicker', ...named, ...(first === '' ? {} : { initial_date: first }) };
    default:
      return assertNever(type);
  }
}

function yesOrNo(actionId: string, first: string): InputBlock['element'] {
  const options = (['true', 'false'] as const).map((value) => ({
    text: plainText(value === 'true' ? pickerText.yes : pickerText.no),
    value,
  }));
  const initial = options.find(({ value }) => value === first);
  return { type: 'radio_buttons', action_id: actionId, options, ...defined({ initial_option: initial }) };
}
