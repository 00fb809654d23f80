import { type HttpResponse, isFromApi, isSuccess, saysNothingThere } from './answer.js';

/** What the server made of a write; all but `done` changed nothing. */
export type Judgement = 'done' | 'sign-in' | 'bad-request' | 'forbidden' | 'not-there';

/** Tells what the server made of a write; undefined if the answer does not come from the API itself. */
export function judgeWrite(response: HttpResponse): Judgement | undefined {
  if (isSuccess(response)) return 'done';
  if (response.status === 401) return 'sign-in';
  if (response.status === 400) return 'bad-request';
  if (saysNothingThere(response)) return response.status === 403 ? 'forbidden' : 'not-there';
  return response.status > 400 && isFromApi(response) && response.status !== 408 ? 'bad-request' : undefined;
}
