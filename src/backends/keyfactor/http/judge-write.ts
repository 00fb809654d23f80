import { type HttpAnswer, isFromApi, isSuccess, saysNothingThere } from './answer.js';

/** What the server made of a write; all but `done` changed nothing. */
export type Judgement = 'done' | 'sign-in' | 'bad-request' | 'forbidden' | 'not-there';

/** Tells what the server made of a write; undefined if the answer does not come from the API itself. */
export function judgeWrite(answer: HttpAnswer): Judgement | undefined {
  if (isSuccess(answer)) return 'done';
  if (answer.status === 401) return 'sign-in';
  if (answer.status === 400) return 'bad-request';
  if (saysNothingThere(answer)) return answer.status === 403 ? 'forbidden' : 'not-there';
  return answer.status > 400 && isFromApi(answer) && answer.status !== 408 ? 'bad-request' : undefined;
}
