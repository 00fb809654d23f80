import type { CommandLine, ModalVerb } from '../domain/commands.js';
import type { ClickedView, ShownApproval } from '../domain/home.js';
import type { MuteSpan, RecoveryAction } from '../domain/incident.js';
import type { PersonId } from '../domain/person.js';
import type { BulkWindow, Click, Dialog } from '../domain/voting.js';
import type { Asker } from '../ports/chat.js';
import { defined } from '../shared/language.js';
import { traceId } from '../shared/trace.js';
import {
  cancelBatch,
  carryOutBatch,
  confirmBatch,
  handBackIncident,
  muteIncident,
  proposeRecovery,
  showDetails,
  takeIncident,
  takeOverIncident,
  unmuteIncident,
} from '../use-cases/alerts/act-on-alert.js';
import { askRequester, checkQuestion, checkReply, replyToQuestion } from '../use-cases/approvals/ask.js';
import {
  findBulkWindow,
  listForBulk,
  openBulkWindow,
  writeBulk,
  writeOne,
} from '../use-cases/approvals/bulk.js';
import {
  type ButtonClick,
  checkComment,
  decidesAtOnce,
  findDialog,
  previewClick,
  type Submitted,
  workOnBulk,
  workOnClick,
} from '../use-cases/approvals/decide.js';
import { repudiateDecision } from '../use-cases/approvals/repudiate.js';
import {
  cancelChange,
  carryOutChange,
  confirmChange,
  isStartOpen,
  listStartOptions,
} from '../use-cases/commands/change.js';
import { listCandidates } from '../use-cases/commands/find-run.js';
import { findCopy } from '../use-cases/commands/queries.js';
import { runCommand } from '../use-cases/commands/run-command.js';
import type { Context } from '../use-cases/context.js';
import { type AwayWish, comeBack, goAway, listAwayChoices } from '../use-cases/delegation.js';
import {
  drawHomeAfter,
  isClickOnHome,
  openHome,
  preferencesOf,
  redrawHome,
  showHomePage,
} from '../use-cases/home.js';
import { countClick } from '../use-cases/monitoring.js';
import { choosePreferences } from '../use-cases/notifications/remind.js';

/** What people can have done from Slack: the use cases its listeners call, on the context of one bot. */
export function useCasesOn(context: Context) {
  const { store } = context;
  return {
    approvals: {
      preview: (click: ButtonClick) => previewClick(context, click),
      decidesAtOnce: (click: ButtonClick) => decidesAtOnce(context, click),
      openDialog: (dialog: Dialog) => store.addDialog(dialog),
      findDialog: (id: string, person: PersonId) => findDialog(context, id, person),
      checkComment: (dialog: Dialog, submitted: Submitted) => checkComment(context, dialog, submitted),
      /** Once this has resolved the click cannot be lost. */
      writeDown: (click: Click) => writeOne(store, traced(click)),
      work: async (clickId: string) => {
        await workOnClick(context, clickId);
        await drawHomeAfter(context, await countClick(context, clickId));
      },
    },
    bulk: {
      list: (person: PersonId) => listForBulk(context, person),
      openWindow: (window: BulkWindow) => openBulkWindow(context, window),
      findWindow: (id: string, person: PersonId) => findBulkWindow(context, id, person),
      /** Once this has resolved none of them can be lost; if it fails there is none. */
      writeDown: (clicks: readonly Click[]) => writeBulk(context, clicks.map(traced)),
      work: async (clickIds: readonly string[]) => {
        await workOnBulk(context, clickIds);
        const clicks = [];
        for (const clickId of clickIds) clicks.push(await countClick(context, clickId));
        await drawHomeAfter(context, clicks[0]);
      },
    },
    questions: {
      check: (approvalId: string, person: PersonId) => checkQuestion(context, approvalId, person),
      ask: (what: Parameters<typeof askRequester>[1]) => askRequester(context, what),
      checkReply: (which: Parameters<typeof checkReply>[1]) => checkReply(context, which),
      answer: (what: Parameters<typeof replyToQuestion>[1]) => replyToQuestion(context, what),
    },
    receipts: {
      repudiate: (code: string, person: PersonId) => repudiateDecision(context, code, person),
    },
    home: {
      open: (person: PersonId, seen?: ClickedView) => openHome(context, person, seen),
      turnTo: (person: PersonId, page: number) => showHomePage(context, person, page),
      isClickOn: (person: PersonId, view: ClickedView, approval: ShownApproval) =>
        isClickOnHome(context, person, view, approval),
      redraw: (person: PersonId) => redrawHome(context, person),
    },
    absences: {
      choices: (person: PersonId) => listAwayChoices(context, person),
      begin: (person: PersonId, wish: AwayWish) => goAway(context, person, wish),
      end: (person: PersonId) => comeBack(context, person),
    },
    notifications: {
      preferences: (person: PersonId) => preferencesOf(store, person),
      choose: (person: PersonId, chosen: Parameters<typeof choosePreferences>[2]) =>
        choosePreferences(context, person, chosen),
    },
    commands: {
      run: (line: CommandLine, asker: Asker) => runCommand(context, line, asker),
      candidates: (verb: ModalVerb, asker: Asker) => listCandidates(context, verb, asker),
      startOptions: (asker: Asker) => listStartOptions(context, asker),
      isStartOpen: (line: Extract<CommandLine, { verb: 'execute' }>, asker: Asker) =>
        isStartOpen(context, line, asker),
      /** Who presses in a list of approvals is taken to the card, as if they had pressed there. */
      cardOf: async (approvalId: string, asker: Asker) =>
        (await findCopy(context, approvalId, asker))?.message,
      confirm: (changeId: string, asker: Asker) => confirmChange(context, changeId, asker),
      carryOut: (changeId: string) => carryOutChange(context, changeId),
      cancel: (changeId: string, asker: Asker) => cancelChange(context, changeId, asker),
    },
    alerts: {
      details: (incidentId: string, asker: Asker) => showDetails(context, incidentId, asker),
      take: (incidentId: string, asker: Asker) => takeIncident(context, incidentId, asker),
      takeOver: (incidentId: string, asker: Asker) => takeOverIncident(context, incidentId, asker),
      handBack: (incidentId: string, asker: Asker) => handBackIncident(context, incidentId, asker),
      mute: (incidentId: string, span: MuteSpan, asker: Asker) =>
        muteIncident(context, { incidentId, span }, asker),
      unmute: (incidentId: string, asker: Asker) => unmuteIncident(context, incidentId, asker),
      propose: (incidentId: string, way: RecoveryAction, asker: Asker) =>
        proposeRecovery(context, { incidentId, way }, asker),
      confirm: (batchId: string, asker: Asker) => confirmBatch(context, batchId, asker),
      carryOut: (batchId: string) => carryOutBatch(context, batchId),
      cancel: (batchId: string, asker: Asker) => cancelBatch(context, batchId, asker),
    },
  };
}

/** The same, as the listeners know it. */
export type UseCases = ReturnType<typeof useCasesOn>;

/** Names the work that took a click, which goes on under that name whoever finishes it. */
function traced(click: Click): Click {
  return { ...click, ...defined({ trace: traceId() }) };
}
