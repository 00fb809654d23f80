import { isObject, type JsonObject, objectsAt, textAt } from '../wire/json-object.js';

/** An interactive element and the block it sits in. */
export interface PlacedElement {
  readonly block: JsonObject;
  readonly blockId: string;
  readonly element: JsonObject;
  readonly actionId: string;
}

/** Lists every element with an action id, block by block. */
export function findElements(blocks: readonly JsonObject[]): readonly PlacedElement[] {
  return blocks.flatMap((block) =>
    candidates(block).flatMap((element) => {
      const actionId = textAt(element, 'action_id');
      if (actionId === undefined) return [];
      return [{ block, blockId: textAt(block, 'block_id') ?? '', element, actionId }];
    }),
  );
}

function candidates(block: JsonObject): readonly JsonObject[] {
  const single = [block.accessory, block.element].filter(isObject);
  const nested = ['child_blocks', 'elements'].flatMap((key) =>
    objectsAt(block, key)
      .filter((child) => child.type === 'card' || key === 'child_blocks')
      .flatMap(candidates),
  );
  return [...single, ...objectsAt(block, 'elements'), ...objectsAt(block, 'actions'), ...nested];
}
