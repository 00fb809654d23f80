/**
 * Rewrites the common part of Markdown (headings, emphasis, lists, links) as mrkdwn.
 *
 * Enough for a `markdown` block on the demonstration page; nested lists and tables stay text.
 */
export function markdownToMrkdwn(source: string): string {
  return source
    .split('```')
    .map((part, index) => (index % 2 === 1 ? part : rewrite(part)))
    .join('```');
}

function rewrite(text: string): string {
  return text
    .replace(/(^|[^*])\*([^\s*][^*\n]*)\*(?!\*)/g, '$1_$2_')
    .replace(/\*\*([^*\n]+)\*\*/g, '*$1*')
    .replace(/~~([^~\n]+)~~/g, '~$1~')
    .replace(/\[([^\]\n]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>')
    .replace(/^#{1,6} +(.+)$/gm, '*$1*')
    .replace(/^(\s*)[-*] +/gm, '$1• ');
}
