import { isObject, objectsAt } from '../wire/json-object.js';
import { type Fields, flag, type Problem, problem, type Shape, text, typed } from './shapes/shape.js';
import { plainText } from './shapes/text-shapes.js';
import { validateBlocks } from './validate-blocks.js';

const identified = {
  private_metadata: text(3000, 0),
  callback_id: text(255, 0),
  external_id: text(255, 0),
};
const checkedApart: Shape = () => [];

const submitWithInput: NonNullable<Fields['rule']> = (view, pointer) =>
  objectsAt(view, 'blocks').some((block) => block.type === 'input') && view.submit == null
    ? problem('missing required field: submit', pointer)
    : [];

const modal: Fields = {
  required: { title: plainText(24), blocks: checkedApart },
  optional: {
    ...identified,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
  },
  rule: submitWithInput,
};
const home: Fields = { required: { blocks: checkedApart }, optional: identified };

/** Lists everything Slack would refuse in a modal or a Home tab; pointers start at `/view`. */
export function validateView(view: unknown, kind: 'modal' | 'home', pointer = '/view'): readonly Problem[] {
  const own = typed(kind === 'modal' ? { modal } : { home })(view, pointer);
  if (!isObject(view) || view.blocks === undefined) return own;
  return [...own, ...validateBlocks(view.blocks, kind, `${pointer}/blocks`)];
}
