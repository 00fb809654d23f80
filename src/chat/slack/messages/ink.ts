import type { PersonId } from '../../../domain/person.js';
import { cutEncoded } from '../../../shared/cut-text.js';
import { showInvisible } from '../../../shared/show-invisible.js';

/**
 * How words get onto one kind of surface.
 *
 * Whatever comes from a system or a person goes through an ink; only our own words may be written past it.
 */
export interface Formatter {
  /** Something said in words, on one line; `maxLength` counts what is written, escapes included. */
  text(value: string, maxLength?: number): string;
  /** Something to be read letter by letter: a subject, an account, a host name. */
  exact(value: string, maxLength?: number): string;
  /** Our own label. */
  label(text: string): string;
  /** A moment; shown in the reader's own time where the surface can. */
  moment(atMs: number): string;
  /** A moment of today to the second. */
  second(atMs: number): string;
  /** A day. */
  day(atMs: number): string;
  /** A person known by id. */
  person(id: PersonId): string;
  /** A channel known by id. */
  channel(id: string): string;
  /** A group of people known by id. */
  group(id: string): string;
}

const defaultLength = 200;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const formats = /[*_~`]|:[\w+-]+:/;

/** For mrkdwn in blocks. */
export const mrkdwnFormatter: Formatter = {
  text: (value, maxLength = defaultLength) =>
    formats.test(value) ? inCode(value, maxLength) : escaped(oneLine(value), maxLength),
  exact: (value, maxLength = defaultLength) => inCode(value, maxLength),
  label: (text) => `*${text}*`,
  moment: (atMs) => dateToken(atMs, '{date_short_pretty} at {time}', plainMoment(atMs)),
  second: (atMs) => dateToken(atMs, '{time_secs}', plainSecond(atMs)),
  day: (atMs) => dateToken(atMs, '{date_short_pretty}', plainDay(atMs)),
  person: mention,
  channel: channelMention,
  group: groupMention,
};

/** For the text beside the blocks, which notifications and screen readers use. */
export const fallbackFormatter: Formatter = {
  text: (value, maxLength = defaultLength) => escaped(oneLine(value), maxLength),
  exact: (value, maxLength = defaultLength) => escaped(oneLine(value), maxLength),
  label: (text) => `${text}:`,
  moment: plainMoment,
  second: plainSecond,
  day: plainDay,
  person: mention,
  channel: channelMention,
  group: groupMention,
};

/** For plain text in blocks, where nothing is read as markup. */
export const plainFormatter: Formatter = {
  text: (value, maxLength = defaultLength) => cutEncoded(oneLine(value), maxLength, (one) => one),
  exact: (value, maxLength = defaultLength) => cutEncoded(oneLine(value), maxLength, (one) => one),
  label: (text) => `${text}:`,
  moment: plainMoment,
  second: plainSecond,
  day: plainDay,
  person: ({ userId }) => cutEncoded(oneLine(userId), defaultLength, (one) => one),
  channel: (id) => cutEncoded(oneLine(id), defaultLength, (one) => one),
  group: (id) => cutEncoded(oneLine(id), defaultLength, (one) => one),
};

/** Gives the same ink with every length cut down by a factor, for when a message got too long. */
export function tighter(formatter: Formatter, factor: number): Formatter {
  const scaled = (maxLength = defaultLength): number => Math.max(8, Math.floor(maxLength * factor));
  return {
    ...formatter,
    text: (value, maxLength) => formatter.text(value, scaled(maxLength)),
    exact: (value, maxLength) => formatter.exact(value, scaled(maxLength)),
  };
}

/** Escapes what Slack reads as markup and cuts what that gives; lines stay. */
export function escaped(value: string, maxLength: number): string {
  return cutEncoded(showInvisible(value), maxLength, (one) => entities[one] ?? one);
}

function inCode(value: string, maxLength: number): string {
  const inner = escaped(oneLine(value), maxLength - 2).replaceAll('`', 'ˋ');
  return `\`${inner}\``;
}

/** Puts a text on one line; nothing becomes a dash, since blocks refuse an empty text. */
function oneLine(value: string): string {
  const line = showInvisible(value).replace(/\s+/gu, ' ').trim();
  return line === '' ? '—' : line;
}

/** Ids from the settings are checked there; one that is no id all the same is only shown. */
function mention({ userId }: PersonId): string {
  return /^[A-Z][A-Z0-9]{2,30}$/.test(userId) ? `<@${userId}>` : escaped(oneLine(userId), defaultLength);
}

function channelMention(id: string): string {
  return /^[CG][A-Z0-9]{2,30}$/.test(id) ? `<#${id}>` : escaped(oneLine(id), defaultLength);
}

function groupMention(id: string): string {
  return /^S[A-Z0-9]{2,30}$/.test(id) ? `<!subteam^${id}>` : escaped(oneLine(id), defaultLength);
}

function dateToken(atMs: number, format: string, fallback: string): string {
  return isValidTime(atMs) ? `<!date^${Math.floor(atMs / 1000)}^${format}|${fallback}>` : fallback;
}

function plainMoment(atMs: number): string {
  if (!isValidTime(atMs)) return 'at an unknown time';
  const [day, time] = new Date(atMs).toISOString().split('T');
  return `${day} at ${time?.slice(0, 5)} UTC`;
}

function plainSecond(atMs: number): string {
  return isValidTime(atMs) ? `${new Date(atMs).toISOString().slice(11, 19)} UTC` : 'an unknown time';
}

function plainDay(atMs: number): string {
  return isValidTime(atMs) ? new Date(atMs).toISOString().slice(0, 10) : 'an unknown day';
}

function isValidTime(atMs: number): boolean {
  return Number.isFinite(atMs) && atMs >= 0 && atMs < 8e15 - 1;
}
