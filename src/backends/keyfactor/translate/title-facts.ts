import { noFacts, type RequestFacts } from '../../../domain/request-facts.js';

/** Reads who started an instance from its title, which begins with that name; undefined if it does not. */
export function initiatorOf(title: string | undefined): string | undefined {
  const name = /^(.{1,200}?) (?:is|has|was|requested|wants) /.exec(title ?? '')?.[1]?.trim();
  return name === undefined || name === '' ? undefined : name;
}

/** Gathers what a title tells about a request that cannot be read in full. */
export function titleFacts(title: string | undefined): RequestFacts {
  const initiator = initiatorOf(title);
  const commonName = /\bCN=([^\s,;]{1,200})/i.exec(title ?? '')?.[1]?.replace(/\.$/, '');
  return {
    ...noFacts,
    requesters: initiator === undefined ? [] : [initiator],
    ...(commonName === undefined ? {} : { subject: `CN=${commonName}` }),
  };
}
