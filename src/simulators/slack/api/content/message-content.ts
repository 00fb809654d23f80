import { fillIds } from '../../blocks/fill-ids.js';
import { describeProblem, validateBlocks } from '../../blocks/validate-blocks.js';
import { isObject, type JsonObject } from '../../wire/json-object.js';
import { SlackRefusal } from '../../wire/slack-refusal.js';
import { jsonArgument, textArgument } from '../read-arguments.js';

const TEXT_KEPT = 40_000;
const BLOCKS_JSON_MAX = 13_200;
const ATTACHMENTS_MAX = 100;
const MARKDOWN_MAX = 12_000;

/** What a message says. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly JsonObject[];
  readonly metadata?: JsonObject;
}

/**
 * Reads and checks what a message says; longer text than 40 000 characters is cut, as Slack does.
 *
 * Throws `no_text`, `invalid_blocks` with a list of problems, `msg_blocks_too_long` and their kin.
 */
export function messageContent(args: JsonObject, nextId: () => string): MessageContent {
  const markdown = textArgument(args, 'markdown_text');
  const text = textArgument(args, 'text');
  const blocks = checkedBlocks(jsonArgument(args, 'blocks', 'invalid_blocks_format'));
  const attachments = checkedAttachments(jsonArgument(args, 'attachments', 'invalid_attachments'));
  if (markdown !== undefined) {
    if (text !== undefined || blocks.length > 0) throw new SlackRefusal('markdown_text_conflict');
    if (markdown.length > MARKDOWN_MAX) throw new SlackRefusal('msg_too_long');
  }
  const said = text ?? markdown;
  if (said === undefined && blocks.length === 0 && attachments.length === 0) {
    throw new SlackRefusal('no_text');
  }
  const metadata = checkedMetadata(jsonArgument(args, 'metadata', 'invalid_metadata_format'));
  return {
    text: (said ?? '').slice(0, TEXT_KEPT),
    blocks: fillIds(blocks, nextId),
    attachments,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function checkedBlocks(blocks: unknown): readonly JsonObject[] {
  if (blocks === undefined || blocks === null) return [];
  if (!Array.isArray(blocks)) throw new SlackRefusal('invalid_blocks_format');
  const problems = validateBlocks(blocks, 'message');
  if (problems.length > 0) {
    const messages = problems.map(describeProblem);
    throw new SlackRefusal('invalid_blocks', { errors: messages, response_metadata: { messages } });
  }
  if (JSON.stringify(blocks).length > BLOCKS_JSON_MAX) throw new SlackRefusal('msg_blocks_too_long');
  return blocks.filter(isObject);
}

function checkedAttachments(attachments: unknown): readonly JsonObject[] {
  if (attachments === undefined || attachments === null) return [];
  if (!Array.isArray(attachments) || !attachments.every(isObject)) {
    throw new SlackRefusal('invalid_attachments');
  }
  if (attachments.length > ATTACHMENTS_MAX) throw new SlackRefusal('too_many_attachments');
  for (const attachment of attachments) checkedBlocks(attachment.blocks);
  return attachments;
}

function checkedMetadata(metadata: unknown): JsonObject | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata)) throw new SlackRefusal('invalid_metadata_format');
  const type = metadata.event_type;
  if (typeof type !== 'string' || type.length > 50 || !isObject(metadata.event_payload)) {
    throw new SlackRefusal('invalid_metadata_schema');
  }
  return metadata;
}
