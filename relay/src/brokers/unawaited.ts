import { WildcastError } from '@wildcast/protocol'

/** Refuses a part of an answer, so that its responder makes no more of them. */
export function unawaited(): WildcastError {
  return new WildcastError('interrupted', 'nobody awaits this answer any more; make no more parts of it')
}
