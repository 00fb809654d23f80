/** One piece of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string; readonly glyph: string }
  | { readonly kind: 'line-break' }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | Reference;

/** What stands between angle brackets: a link, a mention, a broadcast or a date. */
type Reference =
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | { readonly kind: 'user' | 'channel' | 'group'; readonly id: string; readonly label: string }
  | { readonly kind: 'broadcast'; readonly label: string }
  | {
      readonly kind: 'date';
      readonly seconds: number;
      readonly format: string;
      readonly fallback: string;
      readonly url?: string;
    };

/** A stretch of lines of one sort. */
export type Paragraph =
  | { readonly kind: 'lines' | 'quote'; readonly children: readonly Inline[] }
  | { readonly kind: 'pre'; readonly text: string };

/**
 * Reads Slack's mrkdwn into paragraphs of tokens.
 *
 * Never fails: what is not markup stays text, letter by letter.
 */
export function parseMrkdwn(source: string): readonly Paragraph[] {
  const parts = source.split('```');
  // Without its closing fence the last opening one is plain text.
  const paired = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join('```')];
  return paired.flatMap((part, index): readonly Paragraph[] => {
    if (index % 2 === 1) return [{ kind: 'pre', text: unescapeEntities(part.replace(/^\n|\n$/g, '')) }];
    // A fence brings its own line break, so the one written beside it is not shown again.
    const afterFence = index > 0 ? part.replace(/^\n/, '') : part;
    const text = index < paired.length - 1 ? afterFence.replace(/\n$/, '') : afterFence;
    return text === '' ? [] : groupQuotes(text.split('\n'));
  });
}

/** Reads the markup inside lines: emphasis, code, links, mentions and emoji. */
export function parseInline(source: string): readonly Inline[] {
  return scan(source, markupAt);
}

/** Reads a plain text, in which only line breaks and emoji shortcodes mean something, as the words it shows. */
export function plainText(source: string): string {
  return scan(source, emojiAt)
    .map((token) => (token.kind === 'emoji' ? token.glyph : token.kind === 'text' ? token.text : ''))
    .join('');
}

/**
 * Rewrites the common part of Markdown (headings, emphasis, lists, links) as mrkdwn.
 *
 * Enough for a `markdown` block on the demonstration page; nested lists and tables stay text.
 */
export function markdownToMrkdwn(source: string): string {
  const rewrite = (text: string): string =>
    text
      .replace(/(^|[^*])\*([^\s*][^*\n]*)\*(?!\*)/g, '$1_$2_')
      .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
      .replace(/~~([^~\n]+)~~/g, '~$1~')
      .replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')
      .replace(/^#{1,6} +(.+)$/gm, '*$1*')
      .replace(/^(\s*)[-*] +/gm, '$1• ');
  return source
    .split('```')
    .map((part, index) => (index % 2 === 1 ? part : rewrite(part)))
    .join('```');
}

/** Finds the character of an emoji shortcode written without its colons; an unknown one has none. */
export function emojiGlyph(name: string): string | undefined {
  return glyphs.get(name);
}

function groupQuotes(lines: readonly string[]): readonly Paragraph[] {
  const groups: { kind: 'lines' | 'quote'; lines: string[] }[] = [];
  let isQuotingToTheEnd = false;
  for (const line of lines) {
    const rest = /^(?:&gt;|>){3}\s?(.*)$/.exec(line);
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const kind = isQuotingToTheEnd || quoted !== null ? 'quote' : 'lines';
    const text = isQuotingToTheEnd ? line : (rest?.[1] ?? quoted?.[1] ?? line);
    isQuotingToTheEnd ||= rest !== null;
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(text);
    else groups.push({ kind, lines: [text] });
  }
  return groups.map(({ kind, lines: texts }) => ({ kind, children: parseInline(texts.join('\n')) }));
}

interface Found {
  readonly token: Inline;
  readonly end: number;
}

function scan(source: string, find: (source: string, at: number) => Found | undefined): readonly Inline[] {
  const tokens: Inline[] = [];
  let text = '';
  let at = 0;
  const flush = (): void => {
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
  };
  while (at < source.length) {
    const found = find(source, at);
    if (found?.token.kind === 'text') text += found.token.text;
    else if (found !== undefined) {
      flush();
      tokens.push(found.token);
    } else text += source[at] ?? '';
    at = found?.end ?? at + 1;
  }
  flush();
  return tokens;
}

const finders: Readonly<Record<string, (source: string, at: number) => Found | undefined>> = {
  '\n': (_source, at) => ({ token: { kind: 'line-break' }, end: at + 1 }),
  '<': referenceAt,
  '`': codeAt,
  '*': styleAt,
  _: styleAt,
  '~': styleAt,
  ':': emojiAt,
  '&': entityAt,
};

function markupAt(source: string, at: number): Found | undefined {
  return finders[source[at] ?? '']?.(source, at);
}

function codeAt(source: string, at: number): Found | undefined {
  const match = /^`([^`\n]+)`/.exec(source.slice(at));
  if (match?.[1] === undefined) return undefined;
  return { token: { kind: 'code', text: unescapeEntities(match[1]) }, end: at + match[0].length };
}

function emojiAt(source: string, at: number): Found | undefined {
  const [whole, name = ''] = /^:([a-z0-9_+-]+):/.exec(source.slice(at, at + 60)) ?? [];
  const glyph = glyphs.get(name);
  if (whole === undefined || glyph === undefined) return undefined;
  return { token: { kind: 'emoji', name, glyph }, end: at + whole.length };
}

function entityAt(source: string, at: number): Found | undefined {
  const [entity] = /^&(?:amp|lt|gt);/.exec(source.slice(at, at + 5)) ?? [];
  if (entity === undefined) return undefined;
  return { token: { kind: 'text', text: unescapeEntities(entity) }, end: at + entity.length };
}

const styles = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

function styleAt(source: string, at: number): Found | undefined {
  const mark = source[at];
  if (mark !== '*' && mark !== '_' && mark !== '~') return undefined;
  if (isLetter(source[at - 1]) || source[at + 1] === mark) return undefined;
  const end = closingMark(source, at, mark);
  if (end === undefined) return undefined;
  return { token: { kind: styles[mark], children: parseInline(source.slice(at + 1, end)) }, end: end + 1 };
}

function isLetter(character = ''): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Where emphasis ends: on its line, outside `<…>` and code, touching the last word and followed by none. */
function closingMark(source: string, at: number, mark: string): number | undefined {
  if (/^\s?$/.test(source[at + 1] ?? '')) return undefined;
  for (let i = at + 1; i < source.length && source[i] !== '\n'; i += 1) {
    if (source[i] === '<') i = Math.max(i, source.indexOf('>', i));
    if (source[i] === '`') i = (codeAt(source, i)?.end ?? i + 1) - 1;
    const touches = !/\s/.test(source[i - 1] ?? '');
    if (source[i] === mark && i > at + 1 && touches && !isLetter(source[i + 1])) return i;
  }
  return undefined;
}

function referenceAt(source: string, at: number): Found | undefined {
  const end = source.indexOf('>', at);
  const token = end < 0 ? undefined : parseReference(source.slice(at + 1, end));
  return token === undefined ? undefined : { token, end: end + 1 };
}

/** Reads the inside of `<…>`; undefined when it is no reference, so that it stays text. */
function parseReference(inside: string): Reference | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = unescapeEntities(bar < 0 ? '' : inside.slice(bar + 1));
  if (/^@[A-Z0-9]+$/.test(target)) return { kind: 'user', id: target.slice(1), label };
  if (/^#[A-Z0-9]+$/.test(target)) return { kind: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return parseSpecial(target.slice(1), label);
  if (!/^(?:https?:\/\/|mailto:|tel:)\S+$/i.test(target)) return undefined;
  const url = unescapeEntities(target);
  return { kind: 'link', url, label: label === '' ? url.replace(/^(?:mailto|tel):/i, '') : label };
}

function parseSpecial(word: string, label: string): Reference | undefined {
  if (/^(?:channel|here|everyone)$/.test(word)) return { kind: 'broadcast', label: `@${word}` };
  const [, group] = /^subteam\^([A-Z0-9]+)$/.exec(word) ?? [];
  if (group !== undefined) return { kind: 'group', id: group, label };
  const [name, seconds, format, url] = word.split('^');
  if (name !== 'date' || !/^\d+$/.test(seconds ?? '') || format === undefined) return undefined;
  const date = { kind: 'date', seconds: Number(seconds), format, fallback: label } as const;
  return url === undefined ? date : { ...date, url: unescapeEntities(url) };
}

const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Turns Slack's three entities back into the characters they stand for, once. */
function unescapeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => characters[entity] ?? entity);
}

/** The emoji that Countersign and the people of the demo use, each after its shortcode. */
const glyphNames = `
  +1 👍 -1 👎 alarm_clock ⏰ arrow_right ➡️ arrows_counterclockwise 🔄 ballot_box_with_check ☑️
  bar_chart 📊 bell 🔔 black_circle ⚫ blue_circle 🔵 bulb 💡 bust_in_silhouette 👤
  busts_in_silhouette 👥 calendar 📅 chart_with_upwards_trend 📈 clipboard 📋 clock3 🕒
  closed_lock_with_key 🔐 computer 💻 construction 🚧 desktop_computer 🖥️ eyes 👀 fire 🔥 gear ⚙️
  globe_with_meridians 🌐 grey_question ❔ hammer_and_wrench 🛠️ hand ✋ heavy_check_mark ✔️
  heavy_multiplication_x ✖️ hourglass ⌛ hourglass_flowing_sand ⏳ inbox_tray 📥 information_source ℹ️
  key 🔑 label 🏷️ large_blue_circle 🔵 large_green_circle 🟢 large_orange_circle 🟠
  large_yellow_circle 🟡 leftwards_arrow_with_hook ↩️ link 🔗 lock 🔒 mag 🔍 memo 📝 no_bell 🔕
  no_entry ⛔ no_entry_sign 🚫 ok 🆗 outbox_tray 📤 package 📦 page_facing_up 📄 pause_button ⏸️
  person_raising_hand 🙋 pushpin 📌 question ❓ raised_hand ✋ red_circle 🔴 repeat 🔁 rocket 🚀
  rotating_light 🚨 scroll 📜 shield 🛡️ sos 🆘 speech_balloon 💬 stop_sign 🛑 stopwatch ⏱️ tada 🎉
  thumbsdown 👎 thumbsup 👍 timer_clock ⏲️ unlock 🔓 warning ⚠️ wastebasket 🗑️ wave 👋
  white_check_mark ✅ white_circle ⚪ wrench 🔧 x ❌ zap ⚡ zzz 💤
`;

const glyphs: ReadonlyMap<string, string> = new Map(
  [...glyphNames.matchAll(/(\S+) (\S+)/g)].map(([, name = '', glyph = '']) => [name, glyph]),
);
