import type { z } from 'zod';
import { ContractError } from '../../../ports/errors.js';
import type { HttpResponse } from '../http/answer.js';

/** Reads a body as JSON of the given form; throws `ContractError` with the paths that are not as they should be. */
export function readJson<Schema extends z.ZodType>(
  response: HttpResponse,
  schema: Schema,
  context: { readonly system: string; readonly path: string },
): z.output<Schema> {
  const { system, path } = context;
  const read = schema.safeParse(parse(response, context));
  if (read.success) return read.data;
  const paths = read.error.issues.map((issue) => issue.path.join('.') || '(root)');
  throw new ContractError(`${path} was answered in a form that is not known`, { system, paths });
}

function parse(response: HttpResponse, { system, path }: { system: string; path: string }): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    throw new ContractError(`${path} was not answered with JSON`, { system, paths: ['(root)'] });
  }
}
