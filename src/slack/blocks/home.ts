import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import { subjectOf } from '../../domain/approval.js';
import type { HomePage, WaitingRow } from '../../domain/home.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext, tighter } from '../format.js';
import { actionId } from '../ids.js';
import { absenceHomeLines, awayText } from '../text/absence.js';
import {
  bulkText,
  decidedHomeLines,
  healthHomeLines,
  homeHeadings,
  homeMessages,
  requestedLines,
  waitingHeading,
  waitingLines,
  waitingNotes,
} from '../text/home.js';
import { actions, blocksLength, button, context, header, plainSection, section, sections } from './blocks.js';
import { decisionButtons } from './reply.js';

type Options = Omit<RenderContext, 'formatter'>;

/** A view may hold 250 kB; this keeps well below. */
const maxViewLength = 150_000;

/** Shows somebody their Home. */
export function homeView(page: HomePage, options: Options): HomeView {
  const forms = [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.4)].map((formatter) =>
    blocksOf(page, { ...options, formatter }),
  );
  const blocks = forms.find((one) => blocksLength(one) < maxViewLength) ?? forms[1] ?? [];
  return { type: 'home', blocks: [...blocks] };
}

/** Shows only what waits, as plain text with its buttons; for when Slack finds fault with the real form. */
export function plainHome(page: HomePage, options: Options): HomeView {
  const renderContext = { ...options, formatter: plainFormatter };
  const rows = page.waiting.rows.flatMap((row, at): readonly KnownBlock[] => [
    plainSection(waitingLines(row, renderContext).join('\n')),
    ...rowActions(row, at, options),
  ]);
  const { waiting } = page;
  return {
    type: 'home',
    blocks: [plainSection(waitingHeading(waiting)), ...rows, ...pager(waiting)],
  };
}

function blocksOf(page: HomePage, renderContext: RenderContext): readonly KnownBlock[] {
  const { waiting, requested, decided, health } = page;
  const notes = waitingNotes(page, renderContext);
  return [
    header(waitingHeading(waiting)),
    ...(notes.length > 0 ? [section(notes)] : []),
    ...(waiting.isBulkOffered
      ? [actions(`home.several.${waiting.page}`, [button(actionId('home', 'several'), bulkText.open)])]
      : []),
    ...waiting.rows.flatMap((row, at): readonly KnownBlock[] => [
      ...(at > 0 ? [{ type: 'divider' } as const] : []),
      section(waitingLines(row, renderContext)),
      ...rowActions(row, at, renderContext),
    ]),
    ...pager(waiting),
    header(homeHeadings.requested),
    ...sections(requestedLines(requested, renderContext)),
    ...cancelRows(requested),
    header(homeHeadings.decided),
    ...sections(decidedHomeLines(decided, renderContext)),
    ...awayBlocks(page, renderContext),
    ...(health ? [header(homeHeadings.health), context(healthHomeLines(health, renderContext))] : []),
  ];
}

function awayBlocks({ away }: HomePage, renderContext: RenderContext): readonly KnownBlock[] {
  if (!away) return [];
  const buttons = [
    ...(away.isApprover ? [button(actionId('home', 'away'), awayText.open)] : []),
    ...(away.own.length > 0 ? [button(actionId('home', 'back'), awayText.back)] : []),
  ];
  return [
    header(awayText.heading),
    ...sections(absenceHomeLines(away, renderContext)),
    ...(buttons.length > 0 ? [actions('home.absences', buttons)] : []),
  ];
}

/** A button for each request that its person may cancel; each opens a window first. */
function cancelRows({ rows, cancelable }: HomePage['requested']): readonly KnownBlock[] {
  return rows
    .filter(({ id }) => cancelable.includes(id))
    .map(({ code }, at) => {
      const text = `${bulkText.cancel} ${plainFormatter.text(code, 20)}…`;
      return actions(`home.cancel.${at}`, [button(actionId('home', 'cancel'), text, { value: code })]);
    });
}

/** Buttons that repeat are told apart for whoever hears them. */
function rowActions({ card }: WaitingRow, at: number, options: Options): readonly KnownBlock[] {
  const buttons = decisionButtons(card, 'home', options).map((one) => ({
    ...one,
    accessibility_label: plainFormatter.text(`${one.text.text} ${subjectOf(card.approval)}`, 75),
  }));
  return buttons.length === 0 ? [] : [actions(`home.${at}.${card.approval.version}`, buttons)];
}

function pager({ page, pages }: HomePage['waiting']): readonly KnownBlock[] {
  const to = (where: 'before' | 'after', text: string, at: number) =>
    button(actionId('home', `page-${where}`), text, { value: String(at) });
  const buttons = [
    ...(page > 1 ? [to('before', 'Previous page', page - 1)] : []),
    ...(page < pages ? [to('after', 'Next page', page + 1)] : []),
  ];
  return buttons.length === 0 ? [] : [actions(`home.pages.${page}`, buttons)];
}

/** Says in a window why a click in a Home led to nothing. */
export function messageModal(text: string): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: homeMessages.title },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [section([text])],
  };
}
