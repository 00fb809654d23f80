/** What is known of posts whose message we do not have: none, one being tried now, one that was lost. */
export const posts = { none: 0, underWay: 1, lost: 2 } as const;
