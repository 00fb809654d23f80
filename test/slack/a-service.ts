import { isSamePerson } from '../../src/domain/person.js';
import { usualPreferences } from '../../src/domain/preferences.js';
import type { Click, Dialog } from '../../src/domain/voting.js';
import type { UseCases } from '../../src/slack/use-cases.js';
import type { ButtonClick, ClickPreview, CommentCheck } from '../../src/use-cases/approvals/decide.js';

type ApprovalUseCases = UseCases['approvals'];

/** A desk that remembers what was laid on it, and answers as it was told. */
export interface FakeService extends ApprovalUseCases {
  readonly buttonClicks: ButtonClick[];
  readonly dialogs: Dialog[];
  readonly clicks: Click[];
  /** Ids of clicks in the order in which work on them began. */
  readonly worked: string[];
  /** What happened, in order: `preview`, `open-dialog`, `write-down`, `work`. */
  readonly steps: string[];
}

/** How a fake desk answers; what is left out goes well. */
export interface FakeServiceResults {
  readonly preview?: (click: ButtonClick) => ClickPreview;
  readonly checkComment?: (comment: string) => CommentCheck;
  readonly writeDown?: (click: Click) => void | Promise<void>;
  readonly openDialog?: (dialog: Dialog) => void;
  readonly work?: (clickId: string) => Promise<void>;
}

/** A desk at which no question is known. */
export const noQuestions: UseCases['questions'] = {
  check: async () => ({ kind: 'unknown-question' }),
  ask: async () => ({ kind: 'unknown-question' }),
  checkReply: async () => ({ kind: 'unknown-question' }),
  answer: async () => ({ kind: 'unknown-question' }),
};

/** A window for several that nobody opens. */
export const noBulk: UseCases['bulk'] = {
  list: async () => ({ candidates: [], waiting: 0 }),
  openWindow: async () => {},
  findWindow: async () => undefined,
  writeDown: async () => 'written',
  work: async () => {},
};

/** Nobody who goes away. */
export const noAbsences: UseCases['absences'] = {
  choices: async () => ({ rules: [], delegates: [] }),
  begin: async () => ({ kind: 'no-approver', rules: [] }),
  end: async () => ({ kind: 'back', absences: [] }),
};

/** Nobody who chooses how they want messages. */
export const noNotifications: UseCases['notifications'] = {
  preferences: async (person) => ({ person, ...usualPreferences }),
  choose: async () => {},
};

/** Homes nobody opens. */
export const noHome = {
  open: async () => {},
  turnTo: async () => {},
  isClickOn: async () => false,
  redraw: async () => {},
};

/** A desk at which no receipt is known. */
export const noReceipts: UseCases['receipts'] = { repudiate: async () => ({ kind: 'unknown-receipt' }) };

/** Sets up a desk. */
export function fakeService(results: FakeServiceResults = {}): FakeService {
  const buttonClicks: ButtonClick[] = [];
  const dialogs: Dialog[] = [];
  const clicks: Click[] = [];
  const worked: string[] = [];
  const steps: string[] = [];
  return {
    buttonClicks,
    dialogs,
    clicks,
    worked,
    steps,
    preview: async (click) => {
      steps.push('look');
      buttonClicks.push(click);
      return results.preview?.(click) ?? { kind: 'answer', answer: { kind: 'unknown-card' } };
    },
    decidesAtOnce: async (click) => {
      const preview = click.verb === 'approve' ? results.preview?.(click) : undefined;
      const isOneClick =
        click.basis !== undefined &&
        preview?.kind === 'card' &&
        preview.card.rule?.approveWith === 'one-click';
      if (isOneClick) steps.push('at-once');
      return isOneClick;
    },
    openDialog: async (dialog) => {
      steps.push('open-dialog');
      results.openDialog?.(dialog);
      dialogs.push(dialog);
    },
    findDialog: async (id, person) =>
      dialogs.find((dialog) => dialog.id === id && isSamePerson(dialog.person, person)),
    checkComment: async (_dialog, { comment }) => results.checkComment?.(comment) ?? { kind: 'fits' },
    writeDown: async (click) => {
      steps.push('write-down');
      await results.writeDown?.(click);
      const before = clicks.find(({ id }) => id === click.id);
      if (!before) {
        clicks.push(click);
        return 'written';
      }
      return before.comment === click.comment ? 'repeated' : 'different';
    },
    work: async (clickId) => {
      steps.push('work');
      worked.push(clickId);
      await results.work?.(clickId);
    },
  };
}
