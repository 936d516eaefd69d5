import type { Pattern, Subject } from '@wildcast/protocol'

// The original system's scheme for requests on brokers that carry no reply address:
// request.<id>.<subject> is answered on response.<id>.<subject>. Their parts are checked already,
// and they may be longer than a subject that a client names.

/** The subject on which a request to `subject` is published. */
export function requestSubject(id: string, subject: Subject): Subject {
  return `request.${id}.${subject}` as Subject
}

/** The subject on which that request is answered. */
export function responseSubject(id: string, subject: Subject): Subject {
  return `response.${id}.${subject}` as Subject
}

/** The subject on which a request that arrived on this subject is answered. */
export function answerTo(request: Pattern): Subject {
  return request.replace(/^request\./, 'response.') as Subject
}

/** The pattern that a responder of `subject` subscribes to. */
export function servedPattern(subject: Pattern): Pattern {
  return `request.*.${subject}` as Pattern
}
