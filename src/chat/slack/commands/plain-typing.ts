const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * Gives back what a person typed before Slack wrote mentions, channels and links its own way.
 *
 * `<@U0ADA|ada>` becomes `@ada`, `<#C0PKI|pki>` becomes `#pki`, and a link its label, which is what was typed.
 */
export function plainTyping(text: string): string {
  return text
    .replace(/<([@#]?)([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, sign: string, target: string, label?: string) =>
      label ? sign + label.replace(/^[@#]/, '') : sign + target,
    )
    .replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/gu, ' ')
    .trim();
}
