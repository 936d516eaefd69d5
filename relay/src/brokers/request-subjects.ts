import type { Pattern, Subject } from '@wildcast/protocol'

// The original system's scheme for requests on brokers that carry no reply address:
// request.<id>.<subject> is answered on response.<id>.<subject>. They are made of checked parts,
// and may be longer than what a client may name.

/** Where a request to `subject` is published. */
export function requestSubject(id: string, subject: Subject): Subject {
  return `request.${id}.${subject}` as Subject
}

/** Where it is answered. */
export function responseSubject(id: string, subject: Subject): Subject {
  return `response.${id}.${subject}` as Subject
}

/** Where the request that came on this subject is answered. */
export function answerTo(request: Pattern): Subject {
  return request.replace(/^request\./, 'response.') as Subject
}

/** What a server of `subject` listens to. */
export function servedPattern(subject: Pattern): Pattern {
  return `request.*.${subject}` as Pattern
}
