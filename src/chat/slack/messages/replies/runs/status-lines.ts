import type { InstanceStatus } from '../../../../../domain/instance.js';
import type { StatusReport } from '../../../../../domain/reply.js';
import { listSome } from '../../../../../shared/list-words.js';
import { stateSentence } from '../../cards/states.js';
import { type RenderContext, typedLine } from '../../wording.js';
import { eventLines } from './event-lines.js';
import { stateMark, stepText } from './run-lines.js';

/** Tells where a run stands, in labelled lines. */
export function statusLines(status: StatusReport, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { code, instance, label } = status;
  const { definition, referenceId, ref } = instance;
  const number = referenceId === undefined ? [] : [`reference ${formatter.exact(referenceId, 60)}`];
  return [
    formatter.label(formatter.text(instance.title, 300)),
    [
      formatter.exact(code, 24),
      formatter.text(label, 60),
      ...number,
      `run ${formatter.exact(ref.id, 80)}`,
    ].join(' · '),
    stateLine(status, renderContext),
    rawLine(status, renderContext),
    `${formatter.label('Workflow')} ${formatter.text(definition.name, 150)}${definition.version > 0 ? `, version ${definition.version}` : ''}`,
    ...requestLines(status, renderContext),
    ...timeLines(status, renderContext),
    ...signalLines(status, renderContext),
    ...approvalLines(status, renderContext),
    ...canActLines(status, renderContext),
    nextLine(status, renderContext),
    ...eventLines(status.history, renderContext),
  ];
}

function stateLine({ instance }: StatusReport, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const [step] = stepText(instance, renderContext);
  const said = instance.statusMessage ? `: ${formatter.text(instance.statusMessage, 500)}` : '';
  return `${stateMark(instance.status, renderContext)}${step === undefined ? '' : ` at step ${step}`}${said}`;
}

/** What the system itself calls the state, letter by letter, and what that means. */
function rawLine({ instance: { status }, label }: StatusReport, { formatter }: RenderContext): string {
  return `${formatter.label('Status')} ${formatter.text(label, 60)} says ${formatter.exact(status.raw, 80)}: ${meanings[status.kind]}`;
}

const meanings: Readonly<Record<InstanceStatus['kind'], string>> = {
  running: 'it is being carried out.',
  suspended: 'it waits for somebody or something.',
  complete: 'it has come to its end.',
  rejected: 'it was turned down and goes no further.',
  failed: 'it stopped at an error.',
  'canceled-for-restart': 'it was given up for a new run.',
  paused: 'it stands still until somebody resumes it.',
  aborted: 'it was ended and goes no further.',
  unknown: 'Countersign does not know what that means.',
};

/** Whether a system means its signals for its caller or for all is not known, so it is told as its word. */
function signalLines(
  { instance: { signals = [] }, label }: StatusReport,
  { formatter }: RenderContext,
): readonly string[] {
  if (signals.length === 0) return [];
  const reported = signals
    .slice(0, 8)
    .map(
      ({ name, isReceived }) => `${formatter.exact(name, 60)} ${isReceived ? 'received' : 'not received'}`,
    );
  return [
    `${formatter.label('Signals')} ${formatter.text(label, 60)} tells Countersign: ${reported.join(', ')}`,
  ];
}

function canActLines({ canAct }: StatusReport, renderContext: RenderContext): readonly string[] {
  if (!canAct) return [];
  const { formatter } = renderContext;
  const names = listSome(canAct.map(formatter.person), 12);
  return [`${formatter.label('Can still decide')} ${names || 'nobody that the settings name'}`];
}

function requestLines(
  { instance: { facts } }: StatusReport,
  { formatter }: RenderContext,
): readonly string[] {
  const [chief] = facts.requesters;
  return [
    ...(facts.subject === undefined
      ? []
      : [`${formatter.label('Subject')} ${formatter.exact(facts.subject, 300)}`]),
    ...(chief === undefined ? [] : [`${formatter.label('Requested by')} ${formatter.exact(chief, 120)}`]),
  ];
}

function timeLines({ instance }: StatusReport, { formatter }: RenderContext): readonly string[] {
  const { startedAtMs, modifiedAtMs } = instance;
  const parts = [
    ...(startedAtMs === undefined ? [] : [`${formatter.label('Started')} ${formatter.moment(startedAtMs)}`]),
    ...(modifiedAtMs === undefined
      ? []
      : [`${formatter.label('Last changed')} ${formatter.moment(modifiedAtMs)}`]),
  ];
  return parts.length === 0 ? [] : [parts.join(' · ')];
}

function approvalLines(
  { approval, requirement }: StatusReport,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { needed, roles = [] } = requirement ?? {};
  const wants = [
    ...(needed === undefined ? [] : [`${needed} ${needed === 1 ? 'approval' : 'approvals'}`]),
    ...(roles.length === 0
      ? []
      : [
          `of ${roles
            .slice(0, 8)
            .map((role) => formatter.text(role, 60))
            .join(', ')}`,
        ]),
  ];
  return [
    ...(approval ? [`${formatter.label('Approval')} ${stateSentence(approval, renderContext)}`] : []),
    ...(wants.length === 0 ? [] : [`${formatter.label('The step wants')} ${wants.join(' ')}`]),
  ];
}

function nextLine({ allowed, code }: StatusReport, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  if (allowed.length === 0)
    return `${formatter.label('Next')} nothing can be done to it by command in this state.`;
  const lines = allowed.map((kind) =>
    typedLine(renderContext, `${kind} ${code}${kind === 'alert' ? ' <activity id> <output>' : ''}`),
  );
  return `${formatter.label('Next')} ${lines.join(' · ')}`;
}
