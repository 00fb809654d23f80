/** The words of the modals. Titles and buttons of a modal may have 24 characters. */
export const dialogWords = {
  approve: {
    title: 'Approve',
    submit: 'Approve',
    label: 'Comment',
    hint: 'Stored with the approval, together with your name.',
    noRoom: 'There is no room left for a comment beside those already given.',
  },
  deny: {
    title: 'Deny',
    submit: 'Deny',
    label: 'Reason',
    hint: 'Stored with the denial, together with your name. A denial ends the workflow.',
  },
  cancel: 'Cancel',
  details: { title: 'Details', close: 'Close' },
} as const;
