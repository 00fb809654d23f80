import type { RenderContext } from '../../messages/wording.js';

/** What an answer is written with besides what it says. */
export interface ReplyRenderOptions {
  readonly labelOf: RenderContext['labelOf'];
  readonly command: string;
  readonly linkUrlOf?: NonNullable<RenderContext['linkUrlOf']>;
  /** Under which the line is remembered that an ambiguous answer is about; without it nothing can be chosen. */
  readonly choiceId?: string;
}
