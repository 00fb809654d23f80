/** Remembers how far each member has read each conversation. */
export interface ReadMarks {
  set(member: string, channel: string, ts: string): void;
  /** The timestamp of the last message read; `0` when none was. */
  get(member: string, channel: string): string;
}

/** Creates a workspace in which nobody has read anything. */
export function createReadMarks(): ReadMarks {
  const marks = new Map<string, string>();
  return {
    set: (member, channel, ts) => {
      marks.set(`${member} ${channel}`, ts);
    },
    get: (member, channel) => marks.get(`${member} ${channel}`) ?? '0',
  };
}
