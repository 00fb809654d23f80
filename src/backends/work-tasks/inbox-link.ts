import type { Instance } from '../../domain/instance.js';
import { parseExecutionRef } from './translate/execution-ref.js';

/** Fills in the page where people find an execution; undefined if links are not configured. */
export function inboxLink(
  inboxUrl: string | undefined,
  repository: string,
  { ref }: Instance,
): string | undefined {
  const execution = parseExecutionRef(ref.id);
  if (inboxUrl === undefined || execution === undefined) return undefined;
  const parts: Readonly<Record<string, string>> = {
    '{repository}': repository,
    '{workflow}': execution.workflow,
    '{executionid}': execution.executionId,
  };
  return inboxUrl.replace(/\{(repository|workflow|executionid)\}/g, (part) =>
    encodeURIComponent(parts[part] ?? ''),
  );
}
